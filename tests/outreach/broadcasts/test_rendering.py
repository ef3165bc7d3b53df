"""What one reader is shown."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.telegram.keyboard import keyboard
from messages import rich
from messages.message import Kind, Link, Message, Option, Picture
from messages.slack import blocks
from messages.telegram import html
from outreach.broadcasts.rendering import withdrawn, written
from outreach.reader import Reader
from tests.outreach.broadcasts.writing import QUESTION, blueprint, row, words


def reader(language: str = "en", **about: Any) -> Reader:
    return Reader(7, language, "Europe/Vienna", **{"name": "Jana", **about})


def shown(who: Reader, answer: str | None = None, **values: Any) -> Message:
    return written(row(**values), who, words(), blueprint(), answer)


def text(message: Message) -> str:
    return rich.plain(message.text)


def test_everybody_reads_their_own_language() -> None:
    assert text(shown(reader("en"))) == "Hello Jana"
    assert text(shown(reader("sk"))) == "Ahoj Jana"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("sl", "Jezik tega sporočila: angleščina\n\nHello Jana"),
        ("de", "Hello Jana"),  # the blueprint does not speak it; its first language is used
    ],
)
def test_a_missing_language_is_told_openly(language: str, said: str) -> None:
    assert text(shown(reader(language))).endswith(said.rsplit("\n", 1)[-1])
    if language == "sl":
        assert text(shown(reader(language))) == said


def test_without_english_another_language_is_taken() -> None:
    message = shown(reader("en"), bodies={"sl": "Živijo"})
    assert text(message) == "Language of this message: Slovenian\n\nŽivijo"


def test_variables_are_in_the_language_of_the_text() -> None:
    bodies = {"en": "{{ name }}, {{ city }}, {{ country }}, {{ organisation }}, {{ programme }}"}
    message = shown(reader("sk", city="Wien", country="AT", organisation="cike"), bodies=bodies)
    told = text(message).split("\n\n")
    assert told == ["Jazyk tejto správy: angličtina", "Jana, Wien, Austria, CIKE, Expats for home"]


def test_what_people_wrote_is_data_on_every_platform() -> None:
    name = "<b>*x*</b> @here {{ city }}"
    message = shown(reader(name=name))
    assert text(message) == f"Hello {name}"
    assert html(message.text) == "Hello &lt;b&gt;*x*&lt;/b&gt; @here {{ city }}"
    (block,) = blocks(message.text)
    (section,) = block["elements"]
    assert section["elements"] == [{"type": "text", "text": f"Hello {name}"}]


def test_links_and_picture_come_along() -> None:
    message = shown(
        reader("sk"),
        buttons=[{"label": {"en": "More", "sk": "Viac"}, "url": "https://example.org"}],
        media_id=3,
        media_name="a.png",
        media_type="image/png",
    )
    assert message.links == (Link("Viac", "https://example.org"),)
    assert message.picture == Picture(3, "a.png", "image/png")


def test_a_question_has_buttons_that_fit_every_platform() -> None:
    message = shown(reader("sk"), question=QUESTION, id=36**6)
    assert text(message) == "Ahoj Jana\n\nStretneme sa?"
    assert message.widget is not None
    assert (message.widget.kind, message.widget.ref) == (Kind.BUTTONS, "@b1000000")
    assert message.widget.options == (Option("yes", "=yes", "Áno"), Option("no", "=no", "Nie"))
    assert keyboard(message) is not None


def test_the_answer_is_shown_in_the_message() -> None:
    message = shown(reader("sl"), "yes", question=QUESTION)
    assert text(message).endswith("Vaš odgovor: Yes. Še vedno ga lahko spremenite.")
    assert message.widget is not None
    assert [option.mark for option in message.widget.options] == ["on", ""]


def test_an_answer_that_is_not_offered_any_more_is_left_out() -> None:
    assert text(shown(reader(), "perhaps", question=QUESTION)) == "Hello Jana\n\nShall we meet?"


def test_a_broadcast_without_text_cannot_be_shown() -> None:
    with pytest.raises(LookupError):
        shown(reader(), bodies={})


@pytest.mark.parametrize("language", ["en", "sk", "sl"])
def test_a_withdrawn_message_says_so_in_the_readers_language(language: str) -> None:
    said = {
        "en": "This message has been withdrawn.",
        "sk": "Táto správa bola stiahnutá.",
        "sl": "To sporočilo je bilo umaknjeno.",
    }
    message = withdrawn(reader(language), words(), blueprint())
    assert (text(message), message.widget) == (said[language], None)
