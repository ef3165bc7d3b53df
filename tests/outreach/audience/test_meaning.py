"""What the database finds is what the text means, on both databases."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from blueprints.load import default_path, load
from outreach.audience import Node, Not, Term, compile_filter, count, parse, show
from outreach.audience.fields import FIELDS
from storage.database import Database
from storage.statements import sql
from tests.examples import examples
from tests.outreach.audience import crowd
from tests.outreach.audience.crowd import NOW, Somebody, fits
from tests.outreach.audience.trees import VALUES, audiences

BLUEPRINT = load(default_path())
CROWD = crowd.people(seed=7, most=160)
BUDGET = BLUEPRINT.outreach.messages_a_week


@pytest.fixture
def filled(database: Database) -> Database:
    with database.transaction() as tx:
        crowd.store(tx, CROWD)
    return database


def found(database: Database, text: str, organisation: str | None = None) -> list[int]:
    """The numbers of the people whom the database finds, slice by slice or all at once."""
    answers = []
    with database.reading() as tx:
        for whole in (False, True):
            made = compile_filter(text, BLUEPRINT, NOW, organisation=organisation, whole=whole)
            statement = sql(f"SELECT p.id FROM person p WHERE {made.where} ORDER BY p.id")
            answers.append([row[0] for row in tx.run(statement, **made.params).fetchall()])
    assert answers[0] == answers[1]
    return answers[0]


def meant(node: Node) -> list[int]:
    return [each.id for each in CROWD if fits(node, each)]


def test_every_field_alone_and_negated_finds_whom_it_means(filled: Database) -> None:
    assert VALUES.keys() == FIELDS.keys()
    for name, values in VALUES.items():
        for value in values:
            term = Term(name, (value,))
            for node in (term, Not(term)):
                assert found(filled, show(node)) == meant(node), show(node)


def test_any_audience_finds_whom_it_means(filled: Database) -> None:
    @settings(max_examples=examples(150), suppress_health_check=[HealthCheck.too_slow])
    @given(audiences())
    def check(node: Node) -> None:
        assert found(filled, show(node)) == meant(node)

    check()


def test_organisation_writes_to_its_own_and_to_those_who_share(filled: Database) -> None:
    expected = [
        each.id
        for each in CROWD
        if each.status != "new"
        and (each.columns["organisation"] == "cike" or each.consents.get("sharing"))
    ]
    assert found(filled, "", "cike") == expected
    assert 0 < len(expected) < len(meant(parse("")))


def seen_by(person: Somebody, organisation: str | None) -> bool:
    """Whether somebody is counted for an organisation (None: for the region)."""
    theirs = person.columns["organisation"] == organisation or person.consents.get("sharing")
    return organisation is None or bool(theirs)


def outcome(person: Somebody, channels: tuple[str, ...]) -> str:
    """What a count says of somebody: the reason, or the channel."""
    ways = {channel for channel, status in person.identities if status == "ok"} & {*channels}
    until = person.paused_until
    paused = until > NOW.date() if until else person.status == "paused"
    this_week = [at for at in person.unasked if (NOW - at).days < 7]
    if not person.consents.get("invitations"):
        return "no_consent"
    if paused:
        return "paused"
    if not ways:
        return "unreachable"
    if len(this_week) >= BUDGET:
        return "over_budget"
    # Identities are stored in the order of CHANNELS: of two platforms Slack is the newer one.
    return next(each for each in ("slack", "telegram", "preview", "demo") if each in ways)


def test_count_puts_everybody_under_the_first_reason_that_applies(filled: Database) -> None:
    for text in ("", "roles:mentor or not country:any"):
        for channels in (("telegram", "slack"), crowd.CHANNELS, ("demo",), ()):
            for organisation in (None, "cike"):
                check_count(filled, text, organisation, channels)


def check_count(
    filled: Database, text: str, organisation: str | None, channels: tuple[str, ...]
) -> None:
    """What is counted against what each person's facts say."""
    with filled.reading() as tx:
        counted = count(tx, text, BLUEPRINT, NOW, organisation, channels)
    node = parse(text)
    outcomes = [
        (outcome(each, channels), each.language)
        for each in CROWD
        if fits(node, each) and seen_by(each, organisation)
    ]
    reached = [pair for pair in outcomes if pair[0] in crowd.CHANNELS]
    assert counted.matched == len(outcomes)
    assert counted.reachable == len(reached)
    assert counted.excluded == {
        reason: sum(each == reason for each, _ in outcomes) for reason in counted.excluded
    }
    assert counted.languages == {
        name: total for name in ("en", "sk", "sl") if (total := sum(n == name for _, n in reached))
    }
    assert counted.channels == {
        name: total
        for name in crowd.CHANNELS
        if (total := sum(each == name for each, _ in reached))
    }


def test_the_crowd_shows_every_reason() -> None:
    """Otherwise the tests above would say little."""
    seen = {outcome(each, crowd.CHANNELS) for each in CROWD if each.status != "new"}
    assert seen >= {
        "no_consent", "paused", "unreachable", "over_budget",
        "telegram", "slack", "preview", "demo",
    }  # fmt: skip
