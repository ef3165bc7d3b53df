"""A round through the database: stored once, looked at again, next best, and by the clock."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from blueprints.schema import Blueprint
from outreach.clock import Again, Beside, Context, Done, Further, tick, tick_through
from outreach.errors import NotAllowed
from outreach.mentoring import following, plans, rounds, storing
from outreach.mentoring.pool import read_pool, today
from outreach.mentoring.proposals import LeftOut, Plan, plan_round
from outreach.mentoring.storing import Order, Stored
from outreach.staff import Actor, console_actor
from storage import tasks
from storage.database import Database, sql
from storage.mentoring import blocks, matches, requests
from storage.mentoring import rounds as rows
from storage.mentoring.matches import MatchRow
from storage.transaction import Transaction
from tests.outreach.inviting import NOW, expats
from tests.storage.mentoring_data import DAY, ask, member, offer

CHANNELS = ("demo",)
ORDER = Order(None, storing.STAFF, unattended=False)
MATCHES = sql(matches.SHAPE.select + " ORDER BY id")
ROUNDS = sql(rows.SHAPE.select + " ORDER BY id")


def blueprint(**values: Any) -> Blueprint:
    loaded = expats()
    return loaded.model_copy(update={"mentoring": loaded.mentoring.model_copy(update=values)})


def found(tx: Transaction) -> list[MatchRow]:
    return [matches.SHAPE.of(row) for row in tx.run(MATCHES)]


def stored(tx: Transaction) -> list[rows.RoundRow]:
    return [rows.SHAPE.of(row) for row in tx.run(ROUNDS)]


def town(tx: Transaction, mentees: int, mentors: int, capacity: int = 1) -> None:
    """Locals from 1 with requests, mentors from 101: the first for everybody the best, …"""
    for number in range(1, mentees + 1):
        member(tx, number, f"Local {number}", "local")
        ask(tx, number, days=10)
    skills = ("teamwork", "planning")
    for place in range(mentors):
        member(tx, 101 + place, f"Mentor {place}", "expat")
        offer(tx, 101 + place, capacity=capacity, skills=skills[: 2 - min(place, 2)])


def planned(tx: Transaction, region: Blueprint | None = None, now: datetime = NOW) -> Plan:
    region = region or expats()
    everybody = read_pool(tx, None, now, region, CHANNELS)
    return plan_round(everybody, region.mentoring, today(now, region))


def store(tx: Transaction, plan: Plan, order: Order = ORDER, now: datetime = NOW) -> None:
    outcome: Further | Done = Further(None)
    while isinstance(outcome, Further):
        outcome = storing.store_slice(tx, plan, outcome.state, order, now, expats())


def pairs(tx: Transaction) -> set[tuple[int | None, int | None]]:
    return {(each.mentee_id, each.mentor_id) for each in found(tx) if each.live}


def test_a_round_proposes_and_says_why_and_who_is_next(database: Database) -> None:
    with database.transaction() as tx:
        town(tx, 1, 3)
        plan = planned(tx)
        store(tx, plan)
        (match,), (made,) = found(tx), stored(tx)
        request = requests.by_ids(tx, [1])[1]

    assert (match.state, match.mentee_id, match.mentor_id) == ("proposed", 1, 101)
    assert (match.organisation, match.mentor_organisation) == ("cike", "cike")
    assert [mentor for mentor, _ in match.alternatives] == [102, 103]
    assert match.alternatives[0][1] > match.alternatives[1][1]
    assert dict(match.reasons)["skills"] == {"skills": ["teamwork", "planning"]}
    assert match.uid.endswith("@domov")
    assert (made.requests, made.places, made.proposed) == (1, 3, 1)
    assert made.score == made.bound == match.score == plan.score
    assert made.id == match.round_id
    assert (request.passed_over, request.ahead) == (0, 0)


def test_a_round_is_the_same_for_the_same_data(database: Database) -> None:
    with database.transaction() as tx:
        town(tx, 5, 4)
        assert planned(tx) == planned(tx)


def test_who_is_left_out_is_noted_with_why(database: Database) -> None:
    with database.transaction() as tx:
        town(tx, 2, 1)
        wishes: list[dict[str, Any]] = [{"languages": ("de",)}, {"mode": "in_person"}, {}, {}]
        for number, values in enumerate(wishes, start=3):
            organisation = "bsc_kranj" if number == 5 else "cike"
            member(tx, number, "x", "local", organisation)
            ask(tx, number, **values)
        tx.run(sql("UPDATE mentor_offer SET mode = 'online'"))
        blocks.put(tx, 6, 101, "person", NOW)
        plan = planned(tx)
        store(tx, plan)
        waits = {number: each.passed_over for number, each in requests.by_ids(tx, range(9)).items()}

    assert plan.left_out == (
        LeftOut(2, 2, "places"),
        LeftOut(3, 3, "language"),
        LeftOut(4, 4, "mode"),
        LeftOut(5, 5, "organisation"),
        LeftOut(6, 6, "barred"),
    )
    assert waits == {1: 0, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1}


def test_without_mentors_everybody_is_left_out(database: Database) -> None:
    with database.transaction() as tx:
        town(tx, 2, 0)
        plan = planned(tx)
        store(tx, plan)
        (made,) = stored(tx)

    assert [each.why for each in plan.left_out] == ["mentors", "mentors"]
    assert (made.proposed, made.score, made.bound) == (0, 0, 0)


def test_full_mentors_count_as_mentors(database: Database) -> None:
    with database.transaction() as tx:
        town(tx, 2, 1)
        store(tx, planned(tx))
        plan = planned(tx)
    assert [each.why for each in plan.left_out] == ["places"]


def test_next_best_are_those_who_have_places_left(database: Database) -> None:
    with database.transaction() as tx:
        town(tx, 2, 4)
        store(tx, planned(tx))
        by_mentor = {each.mentor_id: each for each in found(tx)}

    assert set(by_mentor) == {101, 102}
    assert [mentor for mentor, _ in by_mentor[101].alternatives] == [103, 104, 102]
    assert [mentor for mentor, _ in by_mentor[102].alternatives] == [103, 104, 101]


def test_a_plan_goes_through_a_pickle(database: Database) -> None:
    with database.transaction() as tx:
        town(tx, 3, 3)
        everybody = read_pool(tx, None, NOW, expats(), CHANNELS)
        plan = planned(tx)
    assert pickle.loads(pickle.dumps(everybody)) == everybody
    assert pickle.loads(pickle.dumps(plan)) == plan


# ---- much may have happened since it was thought out ----


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE mentor_offer SET status = 'off' WHERE person_id = 101",
        "UPDATE mentor_offer SET break_until = '2026-12-24' WHERE person_id = 101",
        "UPDATE mentor_offer SET capacity = 0 WHERE person_id = 101",
        "UPDATE mentor_offer SET languages = '[\"de\"]' WHERE person_id = 101",
        "UPDATE consent SET given = FALSE WHERE person_id = 101 AND purpose = 'mentoring'",
        "UPDATE person SET organisation = 'bsc_kranj' WHERE id = 101",
        "INSERT INTO mentoring_block (person_id, other_id, by, at)"
        " VALUES (101, 1, 'person', '2026-11-02T09:30:00Z')",
        "DELETE FROM person WHERE id = 101",
    ],
)
def test_whoever_cannot_any_more_is_replaced_by_the_next_best(
    database: Database, change: str
) -> None:
    with database.transaction() as tx:
        town(tx, 1, 3)
        plan = planned(tx)
        tx.run(sql(change))
        store(tx, plan)
        (match,) = found(tx)

    assert match.mentor_id == 102
    assert [mentor for mentor, _ in match.alternatives] == [103]
    assert match.score == plan.proposals[0].alternatives[0][1]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE mentoring_request SET status = 'closed'",
        "UPDATE consent SET given = FALSE WHERE person_id = 1 AND purpose = 'mentoring'",
        "UPDATE person SET paused_until = '2027-01-01' WHERE id = 1",
        "DELETE FROM person WHERE id = 1",
    ],
)
def test_a_request_that_went_away_is_proposed_to_nobody(database: Database, change: str) -> None:
    with database.transaction() as tx:
        town(tx, 1, 3)
        plan = planned(tx)
        tx.run(sql(change))
        store(tx, plan)
        assert found(tx) == []


def test_who_could_not_be_served_after_all_is_passed_over(database: Database) -> None:
    with database.transaction() as tx:
        town(tx, 1, 2)
        plan = planned(tx)
        tx.run(sql("UPDATE mentor_offer SET status = 'off'"))
        store(tx, plan)
        assert requests.by_ids(tx, [1])[1].passed_over == 1
        assert stored(tx)[0].proposed == 0


def test_two_rounds_of_the_same_people_never_propose_twice(database: Database) -> None:
    with database.transaction() as tx:
        town(tx, 4, 3, capacity=2)
        first, second = planned(tx), planned(tx)
        store(tx, first)
        store(tx, second)
        taken = [each.mentor_id for each in found(tx)]

    assert len(taken) == 4
    assert max(taken.count(mentor) for mentor in taken) <= 2


def test_places_are_never_given_twice(database: Database) -> None:
    """Two rounds thought out beside each other, for different organisations."""
    with database.transaction() as tx:
        town(tx, 2, 3)
        first = planned(tx)
        other = replace(
            first,
            proposals=tuple(
                replace(each, mentor=first.proposals[0].mentor, alternatives=())
                for each in first.proposals
            ),
        )
        store(tx, other)
        assert pairs(tx) == {(1, first.proposals[0].mentor.person)}


def test_a_round_is_stored_in_slices_and_goes_on_where_it_stood(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "SLICE_SECONDS", 0.0)
    monkeypatch.setattr(storing, "STRETCH", 2)
    with database.transaction() as tx:
        town(tx, 5, 5)
        ask(tx, member(tx, 6, "x", "local"), languages=("de",))
        plan = planned(tx)
    state, slices = None, 0
    while True:
        with database.transaction() as tx:
            outcome = storing.store_slice(tx, plan, state, ORDER, NOW, expats())
        slices += 1
        if isinstance(outcome, Done):
            break
        state = outcome.state
    with database.transaction() as tx:
        (made,) = stored(tx)
        assert len(pairs(tx)) == made.proposed == 5
        assert requests.by_ids(tx, [6])[6].passed_over == 1
    assert slices == 4
    assert state == Stored(made.id, 5)


def test_an_unattended_round_asks_the_mentors(database: Database) -> None:
    with database.transaction() as tx:
        town(tx, 2, 2)
        store(tx, planned(tx), replace(ORDER, unattended=True))
        for match in found(tx):
            assert match.state == "asked_mentor"
            assert match.mentor_asked_at == NOW
            assert {each.kind for each in tasks.of(tx, plans.subject(match.id))} >= {
                plans.LAPSE, plans.TELL,
            }  # fmt: skip
        assert stored(tx)[0].unattended == 1


# ---- the next best ----


def ended(tx: Transaction, match: MatchRow, state: str = "declined") -> None:
    matches.update(tx, match.id, {"state": state, "mentor_asked_at": NOW})


def test_the_next_best_is_the_first_who_still_can(database: Database) -> None:
    with database.transaction() as tx:
        town(tx, 1, 4)
        store(tx, planned(tx))
        (match,) = found(tx)
        ended(tx, match)
        tx.run(sql("UPDATE mentor_offer SET break_until = '2027-01-01' WHERE person_id = 102"))
        new = following.next_best(tx, match, NOW, expats())

        assert new is not None
        assert (new.state, new.mentor_id, new.round_id) == ("proposed", 103, match.round_id)
        assert [mentor for mentor, _ in new.alternatives] == [104]
        assert "skills" not in dict(new.reasons)  # those of the first mentor do not stay
        ended(tx, new)
        last = following.next_best(tx, new, NOW, expats())
        assert last is not None
        assert last.mentor_id == 104
        ended(tx, last)
        assert following.next_best(tx, last, NOW, expats()) is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE mentoring_request SET status = 'closed'",
        "UPDATE consent SET given = FALSE WHERE person_id = 1 AND purpose = 'mentoring'",
        "UPDATE person SET paused_until = '2027-01-01' WHERE id = 1",
    ],
)
def test_there_is_no_next_best_for_who_does_not_wait(database: Database, change: str) -> None:
    with database.transaction() as tx:
        town(tx, 1, 4)
        store(tx, planned(tx))
        (match,) = found(tx)
        ended(tx, match)
        tx.run(sql(change))
        assert following.next_best(tx, match, NOW, expats()) is None


def test_ranked_agrees_with_the_round(database: Database) -> None:
    """One pair's score is worked out without numpy where people wait for the answer."""
    with database.transaction() as tx:
        town(tx, 1, 4)
        plan = planned(tx)
        (proposal,) = plan.proposals
        expected = [(proposal.mentor.person, proposal.score), *proposal.alternatives]
        assert following.ranked(tx, 1, NOW, expats(), 9) == expected
        assert following.ranked(tx, 1, NOW, expats(), 1, without={101}) == expected[1:2]
        assert following.ranked(tx, 1, NOW, expats(), 9, only=[103]) == expected[2:3]
        assert following.ranked(tx, 4711, NOW, expats(), 9) == []


# ---- by the clock ----

HANDLERS = rounds.HANDLERS


def context(now: datetime = NOW, region: Blueprint | None = None) -> Context:
    return Context(now, region or expats(), CHANNELS)


def rhythm(tx: Transaction) -> tasks.TaskRow:
    (task,) = tasks.of(tx, "round:all")
    return task


def test_rounds_begin_the_next_morning_and_come_again_by_the_rhythm(database: Database) -> None:
    region = blueprint(round_days=14)
    with database.transaction() as tx:
        town(tx, 1, 1)
        for _ in range(2):
            rounds.ensure_rhythm(tx, context(region=region))
        first = rhythm(tx)
        assert first.due_at == datetime(2026, 11, 3, 8, 0, tzinfo=UTC)  # 9 o'clock there
        assert tick_through(tx, HANDLERS, context(region=region)) is None

        ticked = tick_through(tx, HANDLERS, context(first.due_at, region))
        assert ticked is not None
        assert len(pairs(tx)) == 1
        assert rhythm(tx).due_at == first.due_at + 14 * DAY
        rounds.ensure_rhythm(tx, context(first.due_at + DAY, region))
        assert rhythm(tx).due_at == first.due_at + 14 * DAY


def test_rounds_keep_their_hour_when_the_clocks_change(database: Database) -> None:
    region = blueprint(round_days=14)
    before = datetime(2027, 3, 20, 8, 0, tzinfo=UTC)
    with database.transaction() as tx:
        rounds.ensure_rhythm(tx, context(before - DAY, region))
        tick_through(tx, HANDLERS, context(before, region))
        assert rhythm(tx).due_at == datetime(2027, 4, 3, 7, 0, tzinfo=UTC)


def test_without_a_rhythm_there_are_rounds_only_when_staff_say(database: Database) -> None:
    with database.transaction() as tx:
        rounds.ensure_rhythm(tx, context(region=blueprint(round_days=14)))
        rounds.ensure_rhythm(tx, context(region=blueprint(round_days=0)))
        assert rhythm(tx).state == "cancelled"
        rounds.ensure_rhythm(tx, context(region=blueprint(round_days=7)))
        assert rhythm(tx).state == "open"


def test_a_morning_on_which_nobody_waits_is_no_round(database: Database) -> None:
    region = blueprint(round_days=14)
    with database.transaction() as tx:
        town(tx, 0, 2)
        rounds.ensure_rhythm(tx, context(region=region))
        tick_through(tx, HANDLERS, context(NOW + DAY, region))
        assert stored(tx) == []
        assert rhythm(tx).due_at > NOW + 14 * DAY


def test_staff_may_ask_for_a_round_of_their_organisation(database: Database) -> None:
    actor = Actor(None, "Jana", {"bsc_kranj": "coordinator"})
    with database.transaction() as tx:
        town(tx, 1, 2)
        member(tx, 50, "Drago", "local", "bsc_kranj")
        ask(tx, 50)
        offer(tx, member(tx, 150, "Petra", "expat", "bsc_kranj"))
        for organisation in ("cike", None):
            with pytest.raises(NotAllowed):
                rounds.ask_for(tx, organisation, actor, NOW)
        rounds.ask_for(tx, "bsc_kranj", actor, NOW)
        tick_through(tx, HANDLERS, context())

        assert pairs(tx) == {(50, 150)}
        (made,) = stored(tx)
        assert (made.organisation, made.trigger, made.unattended) == ("bsc_kranj", "staff", 0)
        assert [each.state for each in tasks.of(tx, "round:bsc_kranj")] == ["done"]


def test_a_round_that_dies_between_two_slices_is_made_for_whoever_still_waits(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "SLICE_SECONDS", 0.0)
    monkeypatch.setattr(storing, "STRETCH", 2)
    region = blueprint(round_days=14)
    with database.transaction() as tx:
        town(tx, 5, 5)
        ask(tx, member(tx, 6, "x", "local"), languages=("de",))
        rounds.ensure_rhythm(tx, context(region=region))
    due = NOW + DAY
    with database.transaction() as tx:
        ticked = tick(tx, HANDLERS, context(due, region))
        assert ticked is not None
        assert ticked.beside is not None
        work = ticked.beside.work
    with database.reading() as tx:
        plan = work.think(work.look(tx))
    with database.transaction() as tx:
        assert isinstance(work.then(tx, plan, None), Further)  # and then it is killed
    with database.transaction() as tx:
        tick_through(tx, HANDLERS, context(due + timedelta(minutes=11), region))
        assert len(pairs(tx)) == 5
        assert requests.by_ids(tx, [6])[6].passed_over == 1
        assert [each.proposed for each in stored(tx)] == [2, 3]


def test_what_the_clock_hands_to_another_process_can_be_pickled(database: Database) -> None:
    with database.transaction() as tx:
        town(tx, 2, 2)
        rounds.ensure_rhythm(tx, context(region=blueprint(round_days=14)))
        ticked = tick(tx, HANDLERS, context(NOW + DAY, blueprint(round_days=14)))
        assert ticked is not None
        assert ticked.beside is not None
        work: Beside[Any, Any] = ticked.beside.work
        think: Callable[[Any], Plan] = pickle.loads(pickle.dumps(work.think))
        plan = think(pickle.loads(pickle.dumps(work.look(tx))))
        assert len(plan.proposals) == 2
        outcome: object = Further(None)
        while isinstance(outcome, Further):
            outcome = work.then(tx, pickle.loads(pickle.dumps(plan)), outcome.state)
    assert isinstance(outcome, Again)


# ---- by the command line ----


def test_a_dry_run_changes_nothing_and_sees_who_said_yes_in_the_survey(database: Database) -> None:
    with database.transaction() as tx:
        town(tx, 1, 0)
        member(tx, 101, "Mária", "expat")
        tx.run(sql("INSERT INTO trait (person_id, kind, value) VALUES (101, 'roles', 'mentor')"))
    plan = rounds.look(database, None, NOW, expats(), CHANNELS)

    # She speaks Slovak, and so does he.
    assert [each.mentor.person for each in plan.proposals] == [101]
    with database.transaction() as tx:
        assert tx.run(sql("SELECT count(*) FROM mentor_offer")).fetchone() == (0,)
        assert stored(tx) == []

    made = rounds.keep(database, plan, None, console_actor(), NOW, expats())
    assert (made.proposed, made.trigger) == (1, "staff")
    with database.transaction() as tx:
        assert pairs(tx) == {(1, 101)}


def test_who_may_not_keeps_no_round(database: Database) -> None:
    with database.transaction() as tx:
        town(tx, 1, 1)
    plan = rounds.look(database, None, NOW, expats(), CHANNELS)
    viewer = Actor(None, "Jana", {"cike": "viewer"})
    with pytest.raises(NotAllowed):
        rounds.keep(database, plan, "cike", viewer, NOW, expats())
    with database.transaction() as tx:
        assert stored(tx) == []
