"""The text form: reading it, writing it, and pointing at what is wrong."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from blueprints.load import default_path, load
from outreach.audience import (
    And,
    Everybody,
    Node,
    Not,
    Or,
    Saved,
    Term,
    compile_filter,
    parse,
    show,
)
from outreach.audience.fields import ALIASES, FIELDS
from outreach.audience.parsing import DEEPEST, LONGEST, MOST_TERMS
from outreach.audience.values import known
from outreach.errors import BadFilter
from tests.outreach.audience.crowd import NOW
from tests.outreach.audience.trees import trees

BLUEPRINT = load(default_path())


def term(name: str, *values: str) -> Term:
    return Term(name, values)


def problem(text: str) -> str:
    """What is said about a text that is wrong."""
    with pytest.raises(BadFilter) as failed:
        compile_filter(text, BLUEPRINT, NOW)
    return str(failed.value)


def test_text_reads_as_its_words_bind() -> None:
    assert parse("country:DE or city:Wien and not event:brunch,talk/maybe") == Or(
        (
            term("country", "DE"),
            And((term("city", "Wien"), Not(term("event", "brunch", "talk/maybe")))),
        )
    )
    assert parse("not (country:DE OR @Vienna) AND everybody") == And(
        (Not(Or((term("country", "DE"), Saved("vienna")))), Everybody())
    )


@pytest.mark.parametrize("text", ["", "  \n ", "everybody"])
def test_empty_text_is_everybody(text: str) -> None:
    assert parse(text) == Everybody()


@pytest.mark.parametrize(
    "text",
    [
        'City : "New York" , Wien',
        "city:“New York”,Wien",
        "city:„New York“,Wien",
        'city:\n  "New York",\n  Wien\n',
    ],
)
def test_blanks_lines_and_kinds_of_quotes_do_not_matter(text: str) -> None:
    assert parse(text) == term("city", "New York", "Wien")


def test_accent_in_two_characters_is_the_letter() -> None:
    assert parse(unicodedata.normalize("NFD", "city:Košice")) == term("city", "Košice")


_words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12
).map(lambda word: unicodedata.normalize("NFC", word))
_terms = st.builds(
    Term,
    st.sampled_from(sorted(FIELDS)),
    st.lists(
        st.one_of(
            _words.filter(str.strip), st.sampled_from(["and", "OR", "not", '"', "\\", "a:b"])
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
)
_saved = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,12}", fullmatch=True).map(Saved)


@given(trees(st.one_of(_terms, _saved, st.just(Everybody()))))
def test_what_is_shown_reads_as_the_same_tree(node: Node) -> None:
    assert parse(show(node)) == node


@given(st.text(max_size=60) | st.text(' ():,"\\@andorty<>é', max_size=60))
def test_any_text_is_read_or_refused_with_a_word_to_the_reader(text: str) -> None:
    try:
        node = parse(text)
    except BadFilter as refused:
        assert str(refused).startswith("this audience cannot be read:\n")  # noqa: PT017
    else:
        assert parse(show(node)) == node


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_example_and_every_known_value_is_an_audience(name: str) -> None:
    example = FIELDS[name].example
    for value in known(name, BLUEPRINT) or [example]:
        compile_filter(f"{name}:{value}", BLUEPRINT, NOW)
    if example != "KEY":
        compile_filter(f"{name}:{example}", BLUEPRINT, NOW)


def test_aliases_lead_to_fields() -> None:
    assert set(ALIASES.values()) <= set(FIELDS)
    assert not set(ALIASES) & set(FIELDS)


def test_every_wrong_value_is_pointed_at() -> None:
    text = "skills_offered:comunication,Komunikácia and country:Atlantis or not persona:bot"
    assert problem(text) == snapshot("""\
this audience cannot be read:
  skills_offered:comunication,Komunikácia and country:Atlantis or not persona:bot
                 ^^^^^^^^^^^^ ^^^^^^^^^^^             ^^^^^^^^                ^^^
  skills_offered: there is no skill “comunication”; did you mean communication?
  skills_offered: there is no skill “Komunikácia”; did you mean communication?
  country: there is no country “Atlantis”; did you mean ZA (South Africa)?
  persona: there is no persona “bot”; there is expat, local\
""")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "counrty:DE",
            snapshot("""\
this audience cannot be read:
  counrty:DE
  ^^^^^^^
  there is no field “counrty”; did you mean country?\
"""),
        ),
        (
            "skills:teamwork",
            snapshot("""\
this audience cannot be read:
  skills:teamwork
  ^^^^^^
  there is no field “skills”; did you mean skills_offered?\
"""),
        ),
        (
            "xyzzy:DE",
            snapshot("""\
this audience cannot be read:
  xyzzy:DE
  ^^^^^
  there is no field “xyzzy”; there are organisation, persona, status, country,
    residence, since, region, city, language, field, occupation, roles, formats,
    skills_used, skills_needed, skills_offered, willingness, wants, spoken, event,
    last_active, registered, confirmed, home, source, channel, consent, person\
"""),
        ),
        (
            "country:DE and",
            snapshot("""\
this audience cannot be read:
  country:DE and
                ^
  a condition is missing after “and”, like country:DE\
"""),
        ),
        (
            "and country:DE",
            snapshot("""\
this audience cannot be read:
  and country:DE
  ^^^
  a condition is expected here, like country:DE\
"""),
        ),
        (
            "(country:DE",
            snapshot("""\
this audience cannot be read:
  (country:DE
  ^
  this bracket is never closed; a ) is missing\
"""),
        ),
        (
            "country:DE)",
            snapshot("""\
this audience cannot be read:
  country:DE)
            ^
  this bracket was never opened\
"""),
        ),
        (
            "()",
            snapshot("""\
this audience cannot be read:
  ()
   ^
  a condition is expected here after “(”, like country:DE\
"""),
        ),
        (
            "country:DE city:Wien",
            snapshot("""\
this audience cannot be read:
  country:DE city:Wien
             ^^^^
  “and” or “or” is missing before this\
"""),
        ),
        (
            "city:New York",
            snapshot("""\
this audience cannot be read:
  city:New York
           ^^^^
  “and” or “or” is missing before this; a value of several words goes into quotes\
"""),
        ),
        (
            "country:DE, city:Wien",
            snapshot("""\
this audience cannot be read:
  country:DE, city:Wien
            ^
  write and or or between conditions; commas go between values\
"""),
        ),
        (
            "country:",
            snapshot("""\
this audience cannot be read:
  country:
          ^
  a value is missing here, as in country:DE\
"""),
        ),
        (
            "country:DE,",
            snapshot("""\
this audience cannot be read:
  country:DE,
             ^
  a value is missing here, as in country:DE\
"""),
        ),
        (
            "country:or",
            snapshot("""\
this audience cannot be read:
  country:or
          ^^
  a value is missing here, as in country:DE\
"""),
        ),
        (
            'city:"New York',
            snapshot("""\
this audience cannot be read:
  city:"New York
       ^
  this quote is never closed\
"""),
        ),
        (
            'city:""',
            snapshot("""\
this audience cannot be read:
  city:""
       ^^
  this value is empty\
"""),
        ),
        (
            "country",
            snapshot("""\
this audience cannot be read:
  country
  ^^^^^^^
  after country come a colon and a value, as in country:DE\
"""),
        ),
        (
            "country=DE",
            snapshot("""\
this audience cannot be read:
  country=DE
  ^^^^^^^^^^
  write country:DE\
"""),
        ),
        (
            "vienna",
            snapshot("""\
this audience cannot be read:
  vienna
  ^^^^^^
  “vienna” isn't a condition; write field:value, like country:DE, or a saved audience
    as @vienna\
"""),
        ),
        (
            "@",
            snapshot("""\
this audience cannot be read:
  @
  ^
  after @ comes the key of a saved audience, like @vienna\
"""),
        ),
        (
            "country:DE && city:Wien",
            snapshot("""\
this audience cannot be read:
  country:DE && city:Wien
             ^^
  “&&” is written “and”\
"""),
        ),
        (
            "!country:DE",
            snapshot("""\
this audience cannot be read:
  !country:DE
  ^^^^^^^^
  instead of “!” write: not country:…\
"""),
        ),
        (
            "not",
            snapshot("""\
this audience cannot be read:
  not
     ^
  a condition is missing after “not”, like country:DE\
"""),
        ),
        (
            "event:a:b",
            snapshot("""\
this audience cannot be read:
  event:a:b
         ^
  a value with a colon in it goes into quotes\
"""),
        ),
        (
            "city:a\x00b",
            snapshot("""\
this audience cannot be read:
  city:a�b
        ^
  there is an invisible character here\
"""),
        ),
        (
            "status:new",
            snapshot("""\
this audience cannot be read:
  status:new
         ^^^
  status: people who never agreed to anything are in no audience\
"""),
        ),
        (
            "language:German",
            snapshot("""\
this audience cannot be read:
  language:German
           ^^^^^^
  language: the bot does not speak “German”, only en, sk, sl\
"""),
        ),
        (
            "spoken:klingon",
            snapshot("""\
this audience cannot be read:
  spoken:klingon
         ^^^^^^^
  spoken: there is no language “klingon”; write its code, like de, or its name\
"""),
        ),
        (
            "event:Brunch!",
            snapshot("""\
this audience cannot be read:
  event:Brunch!
        ^^^^^^^
  event: “brunch!” isn't an event key; keys use a–z, 0–9, - and _\
"""),
        ),
        (
            "event:brunch/gone",
            snapshot("""\
this audience cannot be read:
  event:brunch/gone
        ^^^^^^^^^^^
  event: there is no answer to an event “gone”; did you mean going?\
"""),
        ),
        (
            "last_active:30",
            snapshot("""\
this audience cannot be read:
  last_active:30
              ^^
  last_active: write <30d (within the last 30 days), >90d (longer ago) or never; h are
    hours, d days, w weeks\
"""),
        ),
        (
            "last_active:>99999w",
            snapshot("""\
this audience cannot be read:
  last_active:>99999w
              ^^^^^^^
  last_active: write <30d (within the last 30 days), >90d (longer ago) or never; h are
    hours, d days, w weeks\
"""),
        ),
        (
            "person:Jana",
            snapshot("""\
this audience cannot be read:
  person:Jana
         ^^^^
  person: “Jana” isn't a person's number, like 12\
"""),
        ),
        (
            "source:a*b",
            snapshot("""\
this audience cannot be read:
  source:a*b
         ^^^
  source: a * can only come at the end: poster-* means everything that begins with
    poster-\
"""),
        ),
        (
            "@vienna",
            snapshot("""\
this audience cannot be read:
  @vienna
  ^^^^^^^
  saved audiences, like @vienna, are not known here\
"""),
        ),
    ],
)
def test_what_is_wrong_is_pointed_at(text: str, said: str) -> None:
    assert problem(text) == said


def test_far_away_word_is_shown_with_what_is_around_it() -> None:
    text = " or ".join(["country:DE"] * 40 + ["country:XX"] + ["country:AT"] * 40)
    lines = problem(text).splitlines()
    shown, marks = lines[1], lines[2]
    assert len(shown) < 130
    assert shown.strip().startswith("…")
    assert shown.endswith("…")
    assert shown[marks.index("^") : marks.rindex("^") + 1] == "XX"


def test_marks_stand_under_the_word_whatever_is_before_it() -> None:
    lines = problem("city:東京 and country:XX").splitlines()
    # Each of the two characters takes two columns of a terminal.
    assert lines[2].index("^") == lines[1].index("XX") + 2


@pytest.mark.parametrize(
    "text",
    [
        "(" * (DEEPEST + 1) + "country:DE" + ")" * (DEEPEST + 1),
        "(" * 5_000,
        "not " * 4_000 + "country:DE",
        " or ".join(["country:DE"] * (MOST_TERMS + 1)),
        "country:" + "D" * LONGEST,
        "person:" + ",".join(["1"] * 4_000),
    ],
)
def test_too_much_is_refused(text: str) -> None:
    assert "cannot be read" in problem(text)


@given(
    st.sampled_from(sorted(FIELDS)),
    st.one_of(_words, st.text(max_size=300).map(lambda text: text.replace("\0", ""))),
)
def test_any_value_is_understood_or_refused(name: str, value: str) -> None:
    try:
        made = compile_filter(show(Term(name, (value,))), BLUEPRINT, NOW)
    except BadFilter:
        return
    # Whatever was written is bound: the statement has the shape that any other value gives it.
    assert re.fullmatch(r"[\w .=():,<>'+]*", made.where, re.ASCII)
