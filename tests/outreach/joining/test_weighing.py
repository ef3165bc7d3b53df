"""What two records say, laid side by side."""

from __future__ import annotations

from typing import Any

import pytest

from outreach.joining.taking import with_unit
from outreach.joining.weighing import Weighed, given, weigh
from storage.facts import Pieces
from tests.outreach.inviting import expats

EARLY, LATE, NOW = "2026-01-01", "2026-02-01", "2026-03-01"


def said(at: str, **columns: Any) -> Pieces:
    """Facts of the person, each confirmed then."""
    found: Pieces = {f"person.{name}": value for name, value in columns.items()}
    sources = [{"field": name, "source": "person:x", "confirmed_at": at} for name in columns]
    return {**found, **{f"provenance.{each['field']}": [each] for each in sources}}


def traits(kind: str, at: str, *values: str) -> Pieces:
    rows = [{"kind": kind, "value": v, "rank": n, "level": None} for n, v in enumerate(values, 1)]
    source = {"field": kind, "source": "person:x", "confirmed_at": at}
    return {f"trait.{kind}": rows, f"provenance.{kind}": [source]}


def typed(at: str, **values: str) -> Pieces:
    """Facts of the profile that were typed."""
    found: Pieces = {}
    for name, value in values.items():
        row = {"survey": "profile", "round": "profile", "question": name, "value": value}
        source = {"field": name, "source": "person:x", "confirmed_at": at}
        found[f"typed.{name}"] = [{**row, "answered_at": at}]
        found[f"provenance.{name}"] = [source]
    return found


def answers(survey: str, asked_in: str, at: str, **values: str) -> Pieces:
    rows = [
        {"survey": survey, "round": asked_in, "question": q, "value": v, "answered_at": at}
        for q, v in values.items()
    ]
    return {f"answer.{survey}|{asked_in}": rows}


def allowed(at: str = EARLY, **purposes: bool) -> Pieces:
    return {
        f"consent.{name}": [{"purpose": name, "given": yes, "notice_version": "1", "at": at}]
        for name, yes in purposes.items()
    }


def weighed(keep: Pieces, give: Pieces) -> Weighed:
    return weigh(keep, give, expats(), NOW)


@pytest.mark.parametrize("turned", [False, True], ids=["the other's is later", "own is later"])
def test_of_two_facts_the_later_confirmed_stands(turned: bool) -> None:
    one, other = said(EARLY, name="Jana"), said(LATE, name="Eva")
    found = weighed(*((other, one) if turned else (one, other)))
    assert found.after == other
    assert found.left_out == {"name": one}


def test_of_two_at_the_same_moment_ones_own_stands() -> None:
    found = weighed(said(EARLY, name="Jana"), said(EARLY, name="Eva"))
    assert found.after["person.name"] == "Jana"
    assert found.left_out["name"]["person.name"] == "Eva"


def test_what_only_one_says_is_taken_and_what_both_say_leaves_nothing_out() -> None:
    keep = said(LATE, name="Jana", email="j@x.y")
    give = said(EARLY, name="Jana", field="it")
    found = weighed(keep, give)
    assert {k: v for k, v in found.after.items() if k.startswith("person.")} == {
        "person.name": "Jana", "person.email": "j@x.y", "person.field": "it",
    }  # fmt: skip
    assert found.left_out == {}
    assert weighed(said(EARLY, name="Jana"), said(LATE, name="Jana")).after == said(
        LATE, name="Jana"
    ), "and when it was said last"


def test_a_source_without_a_fact_says_nothing() -> None:
    lost = {"provenance.name": said(LATE, name="x")["provenance.name"]}
    found = weighed(said(EARLY, name="Jana"), lost)
    assert found.after == said(EARLY, name="Jana")
    assert weighed(lost, said(EARLY, name="Jana")).after == said(EARLY, name="Jana")


def test_a_city_goes_with_its_country() -> None:
    keep = said(LATE, country="SI", city="Kranj", residence="gorenjska")
    give = said(EARLY, country="DE", city="Berlin") | traits("since", EARLY, "2015")
    found = weighed(keep, give)
    assert found.after == keep
    assert found.left_out == {"where": give}


def test_facts_that_were_typed_are_weighed_one_by_one() -> None:
    keep = typed(LATE, employer="N26") | typed(EARLY, profession="lead")
    give = typed(EARLY, employer="SAP") | typed(LATE, profession="head", website="x.example")
    found = weighed(keep, give)
    assert found.after == typed(LATE, employer="N26", profession="head", website="x.example")
    assert found.left_out == {
        "typed.employer": typed(EARLY, employer="SAP"),
        "typed.profession": typed(EARLY, profession="lead"),
    }


def test_a_fact_without_a_date_is_as_old_as_its_record() -> None:
    keep = {"person.name": "Jana", "person.confirmed_at": EARLY}
    give = {"person.name": "Eva", "person.confirmed_at": LATE}
    found = weighed(keep, give)
    assert found.after == give
    assert weighed(give, keep).after == give


def test_an_expat_and_a_local_are_taken_whole() -> None:
    keep = said(EARLY, persona="expat", name="Jana", country="DE") | traits(
        "spoken_languages", EARLY, "de"
    )
    give = said(LATE, persona="local", name="Eva") | traits("wants", LATE, "mentor")
    found = weighed(keep, give)
    assert found.after == give
    assert found.left_out == {"profile": keep}
    assert weighed(give, said(EARLY, name="Jana")).left_out == {"name": said(EARLY, name="Jana")}


def test_lists_are_compared_as_they_stand() -> None:
    keep, give = traits("spoken_languages", LATE, "sk"), traits("spoken_languages", EARLY, "en")
    found = weighed(keep, give)
    assert found.after == keep
    assert found.left_out == {"trait.spoken_languages": give}
    assert weighed(keep, traits("spoken_languages", EARLY, "sk")).left_out == {}


def test_a_survey_goes_with_the_columns_that_it_feeds() -> None:
    keep = (
        answers("willingness", "1", EARLY, willingness='"no"')
        | said(EARLY, willingness="no")
        | traits("roles", EARLY, "host")
    )
    give = answers("willingness", "1", LATE, willingness='"yes"') | said(LATE, willingness="yes")
    found = weighed(keep, give)
    assert found.after == give
    assert found.left_out == {"survey.willingness": keep}


def test_rounds_that_only_one_was_asked_are_lost_by_neither() -> None:
    first = answers("formats", "1", EARLY, mode='"both"')
    second = answers("formats", "2", LATE, mode='"online"')
    for keep, give in ((first, second), (second, first)):
        found = weighed(keep, give)
        assert found.after == first | second
        assert found.left_out == {}
    again = answers("formats", "1", LATE, mode='"both"')
    assert weighed(first, again).left_out == {}, "the same, said again"
    both = answers("formats", "1", LATE, mode='"online"')
    assert weighed(first, both).left_out == {"survey.formats": first}


def test_feedback_to_an_event_stands_by_itself() -> None:
    survey = expats().feedback
    assert survey is not None
    first = answers(survey.key, "brunch", EARLY, q='"good"')
    second = answers(survey.key, "brunch", LATE, q='"bad"')
    other = answers(survey.key, "dinner", EARLY, q='"fine"')
    found = weighed(first | other, second)
    assert found.after == second | other
    assert found.left_out == {f"answer.{survey.key}|brunch": first}


def test_willingness_that_no_survey_asks_for_is_a_fact_of_its_own() -> None:
    found = weighed(said(EARLY, willingness="no"), said(LATE, willingness="yes"))
    assert found.after == said(LATE, willingness="yes")


def test_a_consent_holds_where_both_gave_it() -> None:
    keep = allowed(register=True, invitations=True, mentoring=False, public=True)
    give = allowed(register=True, invitations=False, sharing=True, mentoring=False)
    found = weighed(keep, give)
    assert given(found.after) == {
        "register": True, "invitations": False, "mentoring": False, "public": False,
    }  # fmt: skip
    assert found.asked == ("invitations", "public", "sharing")
    assert found.after["consent.invitations"][0]["at"] == NOW
    assert found.after["consent.register"] == keep["consent.register"]
    assert found.after["consent.mentoring"] == keep["consent.mentoring"]


def test_what_was_refused_on_either_stays_refused() -> None:
    found = weighed(allowed(register=True), allowed(register=True, reminders=False))
    assert given(found.after) == {"register": True, "reminders": False}
    assert found.asked == ()


@pytest.mark.parametrize("turned", [False, True])
def test_who_was_asked_nothing_has_no_say(turned: bool) -> None:
    asked = allowed(register=True, invitations=True)
    found = weighed(*(({}, asked) if turned else (asked, {})))
    assert found.after == asked
    assert found.asked == ()


def test_the_other_fact_taken_leaves_the_rest() -> None:
    survey = answers("formats", "1", LATE, mode='"both"') | traits("formats", LATE, "talk")
    keep = said(LATE, name="Eva", city="Kranj") | survey
    keep |= answers("formats", "2", LATE, mode='"both"')
    other = said(EARLY, name="Jana")
    assert with_unit(keep, "name", other, expats()) == keep | other
    old = answers("formats", "1", EARLY, mode='"online"')
    taken = with_unit(keep, "survey.formats", old, expats())
    assert taken == {k: v for k, v in keep.items() if not k.endswith(".formats")} | old
