"""How the words sound: what English no longer says, one word a thing, no English elsewhere.

docs/words.md tells translators about it; its glossary is read here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from messages import catalogs, check, extract, rich

ROOT = Path(__file__).parents[2]
BLUEPRINT = ROOT / "blueprints" / "expats-for-home.toml"
WORDS = ROOT / "docs" / "words.md"
TRANSLATED = ("sk", "sl")

# What English does not say here -> why. In messages and in the blueprint.
STYLE = {
    r"\bshall\b": "nobody says it; should, will, would you like",
    r"\b(?:some|every|any)body\b": "someone, everyone, anyone",
    r"\blooks? after you\b": "sounds like nursing; your contact is, your region's organisation",
    r"\buntil when\b": "how long, by which day",
    r"\bthe other (?:side|is|does)\b": "sounds like a lawsuit; they, the other person",
    r"\b(?:this|that|it|”) is no (?!longer)\w": "isn't a",
    r"\ball the same\b": "thanks anyway",
    r"\b(?:anew|farewell|whom)\b": "again, goodbye, who",
    r"\bmeanwhile\b": "in the meantime, or nothing",
    r"\bat present\b": "at the moment, right now",
    r"\bneed not\b": "don't have to",
    r"\bnoted\b": "saved",
    r"(?<!may )\bwe (?:write|look|propose)\b(?! to you first)": "a promise: we'll write",
    r"\bstands? (?:on|below|above) (?:it|them|the)\b": "says, goes below",
    r"\b\d{1,2}[./]\d{1,2}[./]\d{4}\b": "name the month: 4/3 is read as 3 April, too",
    "’": "one apostrophe: '",
}  # fmt: skip
# In talk only: notices of law and the diagnoses of problem.j2 are written out.
TALK = {
    r"\b(?:do|does|did|can|could|is|are|was|has|have|will|would) not\b": "don't, can't",
    r"\bcannot\b": "can't",
    r"\bI am\b|\byou are (?!now\b|%)(?=\w)|\bwe are\b": "I'm, you're, we're",
}
WRITTEN_OUT = ("problem.", "programme.", "purposes.", "organisations.")
# Right although a rule above has it.
RIGHT = {
    "preview.you_are",  # You are Jana: whose part is played
    *("common.moved_on", "copy.rest_conversation", "join.title_who"),  # where, who we are
    "news.ask",  # so we don't: it is so now
    "programme.recipients",  # as in the paper on recipients
}
# Translations with words of the filter, which are English for everybody.
OF_THE_FILTER = {
    *("problem.commas", "problem.word_missing", "problem.word_missing_or_quotes"),
    "problem.write_span",
}

# English that has crept into other languages before. What the languages share (e-mail, online,
# chat, mentoring, workshop, brunch …) is not in it, nor names, nor words of filters and files.
ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "about after again all and any anyone are back been before both but button can check"
        " checkin"
        " click could day did does done draft else english erase event everyone for from give going"
        " have hello here how into just know later like make maybe meeting message minute more need"
        " never next not nothing now off only or other our people please press question reply say"
        " send should skip some someone something tell than thank thanks that the their them then"
        " there these they this those time until use want was week welcome were what when where"
        " which who why will with without word would write year yes you your",
    )
)
# Words that Slovak or Slovenian has, too.
NATIVE = {"sk": {"do", "to"}, "sl": {"do", "minute", "more", "or", "to"}}
_CODE = re.compile(
    r"<code>.*?</code>|\{\{.*?\}\}|\{%.*?%\}|%\(\w+\)s|`[^`]*`|https?://\S+|\S*[@/_]\S*"
    r"|\bdomov event \w+"
)


def _english() -> Iterator[tuple[str, str]]:
    """(where, text) of every English text in templates and blueprint."""
    for source in extract.sources(catalogs.ROOT):
        for text in (source.singular, source.plural or source.singular):
            yield source.keys[0], text
    yield from _of_blueprint("en")


def _of_blueprint(language: str) -> Iterator[tuple[str, str]]:
    yield from _texts(tomllib.loads(BLUEPRINT.read_text(encoding="utf-8")), "", language)


def _texts(value: Any, where: str, language: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for index, each in enumerate(value):
            name = each.get("key", index) if isinstance(each, dict) else index
            yield from _texts(each, f"{where}.{name}", language)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name == language and isinstance(each, str):
                yield where.lstrip("."), " ".join(each.split())
            elif name != "asked":  # what people may write, in any style
                yield from _texts(each, f"{where}.{name}", language)


def _translated(language: str) -> Iterator[tuple[str, str]]:
    """(where, translation) of every text, each plural form."""
    catalog = catalogs.read(catalogs.ROOT, language)
    for source in extract.sources(catalogs.ROOT):
        entry = catalog.get(source.id, source.context)
        strings = (entry.string if entry else None) or ""
        for text in (strings,) if isinstance(strings, str) else strings:
            yield source.keys[0], text
    yield from _of_blueprint(language)


def _said(rules: dict[str, str], texts: Iterator[tuple[str, str]]) -> list[str]:
    return sorted(
        {
            f"{where}: {text!r}: {why}"
            for where, text in texts
            for rule, why in rules.items()
            if where not in RIGHT and re.search(rule, text, re.IGNORECASE)
        }
    )


def test_english_reads_as_it_is_spoken() -> None:
    assert _said(STYLE, _english()) == []


def test_talk_is_contracted() -> None:
    talk = ((where, text) for where, text in _english() if not where.startswith(WRITTEN_OUT))
    assert _said(TALK, talk) == []


def _glossary() -> Iterator[tuple[str, str]]:
    """(language, word that is not said) of docs/words.md."""
    rows = re.findall(r"^\|(?:[^|\n]*\|){4}([^|\n]*)\|$", WORDS.read_text(encoding="utf-8"), re.M)
    for cell in rows:
        for part in cell.split(";"):
            language, _, words = part.strip().partition(":")
            for word in words.split(","):
                if word.strip():
                    yield language, word.strip()


FORBIDDEN = sorted(_glossary())


def test_glossary_is_read() -> None:
    assert {language for language, _ in FORBIDDEN} == {"en", "sk", "sl"}
    assert ("sk", "čet") in FORBIDDEN


@pytest.mark.parametrize("language", ["en", *TRANSLATED])
def test_one_word_for_one_thing(language: str) -> None:
    texts = list(_english() if language == "en" else _translated(language))
    words = [word for of, word in FORBIDDEN if of == language]
    assert [
        f"{where}: {word!r} in {text!r}"
        for word in words
        for where, text in texts
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
    ] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_english_word_stands_in_other_languages(language: str) -> None:
    found = []
    for where, text in _translated(language):
        words = re.findall(r"[^\W\d_]+", _CODE.sub(" ", text).lower())
        english = (set(words) & ENGLISH) - NATIVE[language]
        if english and where not in OF_THE_FILTER:
            found.append(f"{where}: {sorted(english)} in {text!r}")
    assert found == []


@pytest.mark.parametrize("language", ["en", *TRANSLATED])
def test_options_of_the_blueprint_are_labels(language: str) -> None:
    """What stands on a button in every survey and profile."""
    labels = [
        (where, text)
        for where, text in _of_blueprint(language)
        if where.endswith((".label", ".name")) and not where.startswith("programme")
    ]
    assert len(labels) > 60
    assert [each for each in labels if len(each[1]) > check.BUTTON_LIMIT] == []


def test_ranges_have_spaces_in_slovak() -> None:
    tight = re.compile(r"\d–\d(?!, -)")  # not a–z, 0–9, - and _
    assert [each for each in _translated("sk") if tight.search(rich.visible(each[1]))] == []
