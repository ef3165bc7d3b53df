"""What staff do with proposals and pairs, who may, and what is noted of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from outreach.errors import NotAllowed, NotFound, WrongState
from outreach.mentoring import acts, plans
from outreach.staff import Actor
from storage import staff_log, tasks
from storage.database import Database, sql
from storage.mentoring import blocks, matches, requests
from storage.mentoring.matches import MatchRow
from storage.states import LIVE_MATCHES
from storage.transaction import Transaction
from tests.outreach.inviting import NOW, expats
from tests.storage.mentoring_data import ask, member, offer, pair

JANA = Actor(None, "Jana", {"cike": "coordinator"})
KRANJ = Actor(None, "Ana", {"bsc_kranj": "admin"})
VIEWER = Actor(None, "Vít", {"cike": "viewer"})
ACTS: dict[str, Callable[[Transaction, Actor], object]] = {
    "approve": lambda tx, actor: acts.approve(tx, [1], actor, NOW, expats()),
    "swap": lambda tx, actor: acts.swap(tx, 1, actor, NOW, expats()),
    "forbid": lambda tx, actor: acts.forbid(tx, 1, actor, NOW, expats()),
    "forbid two": lambda tx, actor: acts.forbid(tx, (1, 11), actor, NOW, expats()),
    "close": lambda tx, actor: acts.close(tx, 1, "other", actor, NOW, expats()),
}


@pytest.fixture
def tx(database: Database) -> Iterator[Transaction]:
    """Local 1 is proposed to 11; 12 is next best, 13 fits too, 14 has no language in common."""
    with database.transaction() as transaction:
        member(transaction, 1, "Adam", "local")
        ask(transaction, 1, days=10)
        for number in (11, 12, 13, 14):
            member(transaction, number, f"Mentor {number}", "expat")
            offer(transaction, number, languages=("de",) if number == 14 else ("en",), capacity=1)
        pair(transaction, 1, 1, 11, alternatives=((12, 6000),), round_id=None)
        yield transaction


def match(tx: Transaction, number: int = 1) -> MatchRow:
    found = matches.one(tx, number)
    assert found is not None
    return found


def live(tx: Transaction, person: int = 1) -> list[tuple[str, int | None]]:
    return [(each.state, each.mentor_id) for each in matches.of_person(tx, person, LIVE_MATCHES)]


def asked(tx: Transaction, number: int = 1, state: str = "asked_mentor") -> None:
    acts.approve(tx, [number], JANA, NOW, expats())
    matches.update(tx, number, {"state": state})


def noted(tx: Transaction) -> list[tuple[str, str | None, str | None]]:
    found = staff_log.latest(tx, staff_log.Wanted(), 10)
    return [(each.action, each.subject, each.organisation) for each in found]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("actor", [KRANJ, VIEWER], ids=["other organisation", "viewer"])
def test_only_coordinators_of_the_mentees_organisation_act(
    tx: Transaction, act: str, actor: Actor
) -> None:
    with pytest.raises(NotAllowed):
        ACTS[act](tx, actor)
    assert live(tx) == [("proposed", 11)]
    assert noted(tx) == []
    assert blocks.of_person(tx, 1) == []


def test_approving_asks_the_mentor(tx: Transaction) -> None:
    (approved,) = acts.approve(tx, [1], JANA, NOW, expats())

    assert (approved.state, approved.approved_at) == ("asked_mentor", NOW)
    assert approved.alternatives == ((12, 6000),)
    assert plans.LAPSE in {each.kind for each in tasks.of(tx, "match:1")}
    assert noted(tx) == [("match.approve", "match:1", "cike")]
    with pytest.raises(WrongState, match="pair 1 is no longer a proposal"):
        acts.approve(tx, [1], JANA, NOW, expats())
    assert acts.approve(tx, [1], JANA, NOW, expats(), skip=True) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE mentor_offer SET status = 'off' WHERE person_id = 11", "isn't taking anyone"),
        ("UPDATE mentor_offer SET break_until = '2027-01-01'", "isn't taking anyone"),
        ("UPDATE person SET paused_until = '2027-01-01' WHERE id = 11", "isn't taking anyone"),
        ("UPDATE consent SET given = FALSE WHERE person_id = 11", "isn't taking anyone"),
        ("DELETE FROM person WHERE id = 11", "isn't taking anyone"),
        ("INSERT INTO mentoring_block (person_id, other_id, by, at)"
         " VALUES (11, 1, 'person', '2026-11-02T09:30:00Z')", "not to be brought together"),
    ],
)  # fmt: skip
def test_nobody_is_asked_who_has_gone_since(tx: Transaction, change: str, problem: str) -> None:
    tx.run(sql(change))

    with pytest.raises(WrongState, match=problem):
        acts.approve(tx, [1], JANA, NOW, expats())
    assert acts.approve(tx, [1], JANA, NOW, expats(), skip=True) == []
    assert match(tx).state == "proposed"


def test_a_mentor_whose_capacity_was_lowered_is_asked_all_the_same(tx: Transaction) -> None:
    """The proposal holds their place already."""
    tx.run(sql("UPDATE mentor_offer SET capacity = 1"))
    assert acts.approve(tx, [1], JANA, NOW, expats())


def test_swapping_proposes_the_next_best_and_then_whoever_else_fits(tx: Transaction) -> None:
    first = acts.swap(tx, 1, JANA, NOW, expats())
    assert (first.state, first.mentor_id, first.score) == ("proposed", 12, 6000)
    second = acts.swap(tx, first.id, JANA, NOW, expats())
    assert (second.state, second.mentor_id) == ("proposed", 13)

    with pytest.raises(WrongState, match="nobody else"):
        acts.swap(tx, second.id, JANA, NOW, expats())
    assert live(tx) == [("proposed", 13)]
    assert [match(tx, number).state for number in (1, first.id)] == ["dropped", "dropped"]
    assert noted(tx)[-1] == ("match.swap", "match:1", "cike")


def test_swapping_for_somebody_keeps_the_next_best(tx: Transaction) -> None:
    new = acts.swap(tx, 1, JANA, NOW, expats(), 13)

    assert (new.state, new.mentor_id) == ("proposed", 13)
    assert new.alternatives == ((12, 6000),)
    assert new.score > 0


@pytest.mark.parametrize(
    ("mentor", "change"),
    [
        (14, ""),
        (11, ""),
        (1, ""),
        (4711, ""),
        (13, "UPDATE mentor_offer SET capacity = 0"),
        (13, "UPDATE mentor_offer SET status = 'off'"),
        (13, "INSERT INTO mentoring_block (person_id, other_id, by, at)"
             " VALUES (1, 13, 'person', '2026-11-02T09:30:00Z')"),
    ],
)  # fmt: skip
def test_swapping_for_whom_it_cannot_be_changes_nothing(
    tx: Transaction, mentor: int, change: str
) -> None:
    if change:
        tx.run(sql(change))
    with pytest.raises(WrongState, match=f"mentor {mentor} has no free place"):
        acts.swap(tx, 1, JANA, NOW, expats(), mentor)
    assert live(tx) == [("proposed", 11)]


def test_only_proposals_are_swapped(tx: Transaction) -> None:
    asked(tx)
    with pytest.raises(WrongState, match="no longer a proposal"):
        acts.swap(tx, 1, JANA, NOW, expats())


def test_forbidding_a_proposal_proposes_the_next_best(tx: Transaction) -> None:
    new = acts.forbid(tx, 1, JANA, NOW, expats())

    assert new is not None
    assert live(tx) == [("proposed", 12)]
    assert match(tx).state == "dropped"
    assert [(each.other_id, each.by) for each in blocks.of_person(tx, 1)] == [(11, "staff")]
    assert noted(tx) == [("match.forbid", "match:1", "cike")]


@pytest.mark.parametrize("state", ["asked_mentor", "asked_mentee"])
def test_forbidding_while_somebody_is_asked_asks_the_next_best(tx: Transaction, state: str) -> None:
    asked(tx, 1, state)
    assert acts.forbid(tx, 1, JANA, NOW, expats()) is not None
    assert live(tx) == [("asked_mentor", 12)]
    assert match(tx).state == "withdrawn"


@pytest.mark.parametrize("state", ["introduced", "met"])
def test_forbidding_a_pair_ends_it_and_the_request_waits(tx: Transaction, state: str) -> None:
    asked(tx, 1, state)
    requests.update(tx, 1, {"status": "matched"})
    assert acts.forbid(tx, 1, JANA, NOW, expats()) is None

    assert live(tx) == []
    assert (match(tx).state, match(tx).ended_by) == ("ended", "staff")
    assert requests.by_ids(tx, [1])[1].status == "open"


def test_forbidding_two_people_with_nothing_between_them(tx: Transaction) -> None:
    assert acts.forbid(tx, (1, 13), JANA, NOW, expats()) is None

    assert blocks.between(tx, 13, 1)
    assert live(tx) == [("proposed", 11)]
    assert noted(tx) == [("match.forbid", "person:1", "cike")]
    with pytest.raises(NotFound, match="there is no person 4711"):
        acts.forbid(tx, (1, 4711), JANA, NOW, expats())


def test_forbidding_two_people_ends_what_is_between_them(tx: Transaction) -> None:
    acts.forbid(tx, (1, 11), JANA, NOW, expats())
    assert live(tx) == [("proposed", 12)]


@pytest.mark.parametrize(
    ("state", "after", "waits"),
    [
        ("proposed", "dropped", "open"),
        ("asked_mentor", "withdrawn", "open"),
        ("asked_mentee", "withdrawn", "open"),
        ("introduced", "ended", "closed"),
        ("met", "ended", "closed"),
    ],
)
def test_closing_ends_a_pair(tx: Transaction, state: str, after: str, waits: str) -> None:
    if state != "proposed":
        asked(tx, 1, state)
    closed = acts.close(tx, 1, "moved", JANA, NOW, expats())

    assert (closed.state, closed.reason) == (after, "moved")
    assert requests.by_ids(tx, [1])[1].status == waits
    assert noted(tx)[0] == ("match.close", "match:1", "cike")
    with pytest.raises(WrongState, match="has ended already"):
        acts.close(tx, 1, "moved", JANA, NOW, expats())


def test_closing_a_pair_may_open_its_request_again(tx: Transaction) -> None:
    asked(tx, 1, "introduced")
    acts.close(tx, 1, "moved", JANA, NOW, expats(), reopen=True)
    assert requests.by_ids(tx, [1])[1].status == "open"


def test_there_is_no_pair_of_any_number(tx: Transaction) -> None:
    for act in (acts.swap, acts.forbid):
        with pytest.raises(NotFound, match="there is no pair number 4711"):
            act(tx, 4711, JANA, NOW, expats())
    with pytest.raises(NotFound, match="there is no pair number 4711"):
        acts.approve(tx, [4711], JANA, NOW, expats(), skip=True)
