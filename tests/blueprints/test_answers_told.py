"""What is told of answers that are too long, or that nobody can ask for."""
# ruff: noqa: E501 (messages stand as they are told)

from __future__ import annotations

from inline_snapshot import snapshot

from tests.blueprints.editing import load_text, tiny, told

FREE = """
[[answers]]
key = "free"
asked = { sl = ["zastonj"], en = ["free", "cost*"] }
text = { sl = "Da.", en = "Yes." }
"""


def test_an_answer_is_read() -> None:
    answer = load_text(tiny() + FREE).answer("free")
    assert answer is not None
    assert list(answer.asked.all()) == ["zastonj", "free", "cost*"]
    assert answer.text["sl"] == "Da."


def test_what_is_wrong_with_an_answer_is_told() -> None:
    assert [
        each.partition(" ")[2]
        for each in told(
            tiny() + FREE.replace('asked = { sl = ["zastonj"], en = ["free", "cost*"] }\n', "")
        )
    ] == snapshot(
        [
            'answers.free: nobody can ask for it. Add asked.en = ["…"] and the like: the words that ask for it.'
        ]
    )
    assert [
        each.partition(" ")[2] for each in told(tiny() + FREE.replace('"Yes."', f'"{"x" * 401}"'))
    ] == snapshot(["answers.free.text.en: has 401 characters. Shorten it to 400: two sentences."])
    assert [
        each.partition(" ")[2]
        for each in told(tiny() + FREE.replace(', en = ["free", "cost*"]', ', de = ["frei"]'))
    ] == snapshot(
        [
            'answers.free.asked: en is missing. Add asked.en = ["…"].',
            'answers.free.asked.de: "de" is not one of the blueprint\'s languages. Remove it; languages are en, sl.',
        ]
    )
    assert [
        each.partition(" ")[2] for each in told(tiny() + FREE.replace('["zastonj"]', '"zastonj"'))
    ] == snapshot(['answers.free.asked.sl: "zastonj" does not fit. Write a list: [ … ].'])
    assert [each.partition(" ")[2] for each in told(tiny() + FREE + FREE)] == snapshot(
        ['answers[1].key: "free" is there twice. Give each its own.']
    )
