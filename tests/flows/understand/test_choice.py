from __future__ import annotations

import pytest

from flows.understand.choice import option, options
from flows.understand.reading import NotUnderstood, Understood, Unsure

ROLES = [
    ("mentor", "As a mentor"),
    ("speaker", "As a speaker"),
    ("ambassador", "As an ambassador"),
    ("host", "Hosting abroad"),
]
SKILLS = [
    ("public", "Verejné vystupovanie"),
    ("critical", "Kritické myslenie"),
    ("time", "Riadenie času"),
    ("team", "Tímová práca"),
    ("culinary", "Kulinárske alebo tvorivé stretnutie"),
    ("interview", "Moderovaný rozhovor"),
]
REGIONS = [
    ("gorenjska", "Gorenjska"),
    ("kosice", "Košice region"),
    ("other", "Another region"),
]
COUNTS = [("a", "1–3 years"), ("b", "4 to 10 years"), ("c", "20 years and more")]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("1", "mentor"),
        ("2.", "speaker"),
        (" 3) ", "ambassador"),
        ("#4", "host"),
        ("(1)", "mentor"),
        ("As a mentor", "mentor"),
        ("as a MENTOR!", "mentor"),
        ("mentor", "mentor"),
        ("speaker", "speaker"),
        ("hosting", "host"),
        ("host", "host"),
        ("as an", "ambassador"),
        ("I would come as a speaker, gladly", "speaker"),
        ("ambasador", "ambassador"),
        ("Hosting abraod", "host"),
    ],
)
def test_option_is_chosen(text: str, key: str) -> None:
    assert option(text, ROLES) == Understood(key)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("verejne vystupovanie", "public"),
        ("Kriticke myslenie", "critical"),
        ("kritické", "critical"),
        ("riadenie casu", "time"),
        ("timova praca", "team"),
        ("rozhovor", "interview"),
        ("krticke myslenie", "critical"),
    ],
)
def test_option_without_accents_is_chosen(text: str, key: str) -> None:
    assert option(text, SKILLS) == Understood(key)


@pytest.mark.parametrize(
    ("text", "choices", "reading"),
    [
        ("as a", ROLES, Unsure(("mentor", "speaker"))),
        ("5", ROLES, NotUnderstood("choice.number", {"maximum": 4})),
        ("0", ROLES, NotUnderstood("choice.number", {"maximum": 4})),
        ("", ROLES, NotUnderstood("text.empty")),
        ("?", ROLES, NotUnderstood("text.empty")),
        ("xyz", ROLES, NotUnderstood("choice.unknown")),
        ("q", ROLES, NotUnderstood("choice.unknown")),
        ("1", [], NotUnderstood("choice.number", {"maximum": 0})),
        ("anything", [], NotUnderstood("choice.unknown")),
        ("20", COUNTS, Understood("c")),
        ("2", COUNTS, Understood("b")),
    ],
)
def test_option_in_doubt_says_so(
    text: str, choices: list[tuple[str, str]], reading: object
) -> None:
    assert option(text, choices) == reading


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("1, 3, 4", "mentor ambassador host"),
        ("1 3", "mentor ambassador"),
        ("3,1", "ambassador mentor"),
        ("1 and 3", "mentor ambassador"),
        ("1, 2 a 3", "mentor speaker ambassador"),
        ("1., 2. in 4.", "mentor speaker host"),
        ("2", "speaker"),
        ("1 1 1", "mentor"),
        ("1;2\n3", "mentor speaker ambassador"),
        ("mentor, speaker", "mentor speaker"),
        ("speaker and mentor", "speaker mentor"),
        ("mentor\nspeaker\nhost", "mentor speaker host"),
        ("mentor / host", "mentor host"),
        ("- mentor\n- speaker", "mentor speaker"),
        ("mentor; 2", "mentor speaker"),
    ],
)
def test_options_are_chosen_in_order(text: str, keys: str) -> None:
    assert options(text, ROLES) == Understood(tuple(keys.split()))


def test_options_are_separated_by_the_words_for_and() -> None:
    assert options("kritické myslenie a tímová práca", SKILLS) == Understood(("critical", "team"))
    assert options("Gorenjska in Košice region", REGIONS) == Understood(("gorenjska", "kosice"))


def test_options_with_or_in_their_label_stay_whole() -> None:
    label = "Kulinárske alebo tvorivé stretnutie"
    assert options(label, SKILLS) == Understood(("culinary",))
    assert options(f"{label}, rozhovor", SKILLS) == Understood(("culinary", "interview"))


def test_options_in_doubt_are_whole_answers() -> None:
    assert options("as a, host", ROLES) == Unsure((("mentor", "host"), ("speaker", "host")))


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("", NotUnderstood("text.empty")),
        (", ,", NotUnderstood("text.empty")),
        ("1, 9", NotUnderstood("choice.number", {"maximum": 4, "part": "9"})),
        ("mentor, xyz", NotUnderstood("choice.unknown", {"part": "xyz"})),
    ],
)
def test_options_refused_names_the_part(text: str, reading: NotUnderstood) -> None:
    assert options(text, ROLES) == reading
