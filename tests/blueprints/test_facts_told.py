"""What is told of facts, and of the personas that are asked them."""
# ruff: noqa: E501 (messages stand as they are told)

from __future__ import annotations

from inline_snapshot import snapshot

from tests.blueprints.editing import change, load_text, tiny, told

WEBSITE = """
[[facts]]
key = "website"
kind = "url"
ask = { sl = "Vaša spletna stran?", en = "Your website?" }
"""
TYPE = """
[[lists]]
key = "types"
options = [{ key = "artist", label = { sl = "Umetnik", en = "Artist" } }, { key = "club", label = { sl = "Društvo", en = "Club" } }]

[[facts]]
key = "type"
kind = "choice"
options = "types"
ask = { sl = "Kaj ste?", en = "What are you?" }
name = { sl = "Vrsta", en = "Type" }
"""
DETAIL = 'detail = { sl = "Iz Pomurja ste odšli.", en = "You left Pomurje." }\n'


def asked(asks: str, more: str = "") -> str:
    """Tiny, whose persona is asked this."""
    return change(tiny(), DETAIL, f"{DETAIL}{asks}\n") + more


def test_facts_of_ones_own_are_asked_as_declared() -> None:
    words = '{ fact = "website", ask = { sl = "Kje na spletu?", en = "Where on the web?" } }'
    found = load_text(asked(f'asks = ["name", "type", {words}]\nlater = ["email"]', WEBSITE + TYPE))
    facts = found.facts_of("expat")
    assert [(fact.key, fact.kind, fact.skippable) for fact in facts] == [
        ("name", "name", False),
        ("type", "choice", False),
        ("website", "url", True),
        ("email", "email", True),
    ]
    assert [option.key for option in facts[1].options] == ["artist", "club"]
    assert facts[2].ask is not None
    assert facts[2].ask["en"] == "Where on the web?"
    assert [ask.fact for ask in found.later("expat")] == ["email"]


def test_a_persona_that_says_nothing_is_asked_the_usual() -> None:
    found = load_text(tiny())
    assert [ask.fact for ask in found.asks("expat")] == [
        "name", "home_region", "place", "profession",
    ]  # fmt: skip
    assert "linkedin" in [ask.fact for ask in found.later("expat")]


def test_a_persona_may_have_any_key() -> None:
    text = tiny().replace('"expat"', '"provider"')
    assert load_text(text).personas[0].key == "provider"


def test_asks_that_lead_nowhere_are_told() -> None:
    text = asked(
        'asks = ["name", "webiste", { fact = "name" }, 3]\nlater = ["wants", "name"]', WEBSITE
    )
    assert told(text) == snapshot(
        [
            "51 personas.expat.asks[3]: 3 does not fit. Write a table: [name] or { … }.",
            '51 personas.expat.asks[1]: there is no fact "webiste". Did you mean "website"?',
            '51 personas.expat.asks[2].fact: "name" is asked twice. Keep it in asks or in later, once.',
            '52 personas.expat.later[0]: "wants" has nothing to choose from. Add at least one [[wants]].',
            '52 personas.expat.later[1]: "name" is asked twice. Keep it in asks or in later, once.',
        ]
    )


def test_willingness_needs_a_survey_and_everybody_a_name() -> None:
    assert told(asked('asks = ["willingness"]')) == snapshot(
        [
            '51 personas.expat.asks[0]: "willingness" has nothing to choose from. Feed it by a survey\'s question: column = "willingness".',
            '51 personas.expat.asks: "name" is missing. Add "name": people are called by it.',
        ]
    )
    assert told(asked("asks = []")) == snapshot(
        ['51 personas.expat.asks: is empty. Add "name": people are called by it.']
    )


def test_facts_that_cannot_be_are_told() -> None:
    more = """
[[facts]]
key = "skills_offered"
kind = "multi"
options = "skils"
ask = { sl = "Kaj?", en = "What?" }

[[facts]]
key = "city"
kind = "place"
ask = { sl = "Kje?" }

[[facts]]
key = "place"
kind = "text"

[[facts]]
key = "size"
kind = "number"
limit = 3
options = "skills"

[[facts]]
key = "size"
"""
    assert told(tiny() + more) == snapshot(
        [
            '97 facts.skills_offered.key: a survey feeds "skills_offered" already. Give the fact another key, or take the column from the survey\'s question.',
            '99 facts.skills_offered.options: there is no list "skils". Did you mean "skills"?',
            '103 facts.city.key: "city" means something else. Give the fact another key.',
            '104 facts.city.kind: "place" is the kind of "place" alone. Use the fact "place", or choose another kind.',
            '105 facts.city.ask: en is missing. Add ask.en = "…".',
            '109 facts.place.kind: the program knows "place" otherwise. Remove the kind, or give the fact another key; "place" is place.',
            "111 facts[3].ask: is missing. Add ask = { en = … } with a text in each language.",
            "114 facts[3].limit: number has no limit. Remove it; multi, rank, text have one.",
            "115 facts[3].options: number has no options. Remove them or change the kind.",
            '117 facts[4].kind: is missing. Add kind = "text", or another of docs/blueprint.md.',
            "117 facts[4].ask: is missing. Add ask = { en = … } with a text in each language.",
            '118 facts[4].key: "size" is there twice. Give each its own.',
        ]
    )


def test_picks_of_mentoring_are_options_that_there_are() -> None:
    more = """
[mentoring]
wish = { fact = "wants", option = "mentor" }
offer = { fact = "skills_offered", option = "pacience" }
"""
    assert told(tiny() + more) == snapshot(
        [
            '97 mentoring.wish.option: "mentor" is no option of "wants". There is nothing to refer to.',
            '98 mentoring.offer.option: "pacience" is no option of "skills_offered". Did you mean "patience"?',
        ]
    )


def test_a_purpose_of_nobody_is_told() -> None:
    text = change(tiny(), 'key = "invitations"', 'key = "invitations"\npersonas = ["exapt"]')
    assert told(text) == snapshot(
        ['44 purposes.invitations.personas[0]: there is no persona "exapt". Did you mean "expat"?']
    )
