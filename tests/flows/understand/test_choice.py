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


ALL = tuple(key for key, _ in SKILLS)
TOGETHER = """
all | 1 2 3 4 5 6
All of them! | 1 2 3 4 5 6
everything | 1 2 3 4 5 6
all of these, please | 1 2 3 4 5 6
všetky | 1 2 3 4 5 6
všetko | 1 2 3 4 5 6
úplne všetko | 1 2 3 4 5 6
všetky možnosti | 1 2 3 4 5 6
vse | 1 2 3 4 5 6
vse od tega | 1 2 3 4 5 6
prav vse naštete | 1 2 3 4 5 6
1-3 | 1 2 3
1 – 3 | 1 2 3
1 to 3 | 1 2 3
from 2 to 4 | 2 3 4
1 až 3 | 1 2 3
od 1 do 3 | 1 2 3
2 do 4 | 2 3 4
1-3, 5 | 1 2 3 5
1-2 a 4-6 | 1 2 4 5 6
1.-3. | 1 2 3
od 1 po 3 | 1 2 3
1.3 | 1 3
only 2 | 2
samo 2 | 2
iba druhé | 2
1, 3 a 5 | 1 3 5
1, 3 in 5 | 1 3 5
2 and 4 | 2 4
first two | 1 2
the first three | 1 2 3
last two | 5 6
prvé dve | 1 2
posledné tri | 4 5 6
prvi dve | 1 2
zadnji dve | 5 6
first and third | 1 3
prvá a druhá | 1 2
prvo in tretjo | 1 3
all but 2 | 1 3 4 5 6
everything except 1 and 2 | 3 4 5 6
všetky okrem 6 | 1 2 3 4 5
vse razen 1 | 2 3 4 5 6
none |
none of them |
žiadne |
nič z toho |
nobene |
nič od tega |
"""


@pytest.mark.parametrize("row", [line for line in TOGETHER.splitlines() if line])
def test_options_are_chosen_together(row: str) -> None:
    text, _, places = row.partition("|")
    assert options(text.strip(), SKILLS) == Understood(
        tuple(ALL[int(p) - 1] for p in places.split())
    )


def test_options_together_leave_labels_alone() -> None:
    assert options("both", SKILLS[:2]) == Understood(("public", "critical"))
    assert options("oboje", SKILLS[:2]) == Understood(("public", "critical"))
    assert isinstance(options("both", SKILLS), NotUnderstood)
    assert options("none", [*SKILLS, ("none", "None")]) == Understood(("none",))
    assert options("1-3 years", COUNTS) == Understood(("a",))
    assert isinstance(options("4-9", SKILLS), NotUnderstood)


OFTEN = [
    ("once", "Once, to begin with"),
    ("yearly", "Once or twice a year"),
    ("often", "Every month"),
]
PO_SLOVENSKY = [
    ("once", "Na začiatok raz"),
    ("yearly", "Raz či dvakrát do roka"),
    ("often", "Každý mesiac"),
]


def test_option_with_the_words_said_is_chosen_or_asked() -> None:
    assert option("once a year", OFTEN) == Understood("yearly")
    assert option("once", OFTEN) == Unsure(("once", "yearly"))
    assert option("twice a year", OFTEN) == Understood("yearly")
    assert option("dvakrát do roka", PO_SLOVENSKY) == Understood("yearly")
    assert option("raz za rok", PO_SLOVENSKY) == Unsure(("yearly",))
