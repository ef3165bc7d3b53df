"""Asked both, joined, undone, settled: what becomes of the two records and of whoever waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from outreach import entitled
from outreach.clock import Context, tick
from outreach.events import rsvp
from outreach.handlers import HANDLERS
from outreach.joining import life, taking
from outreach.joining.life import Account
from outreach.mentoring import offers, requests
from storage import events, facts, joinings, living, tasks
from storage.database import Database
from storage.joinings import JoiningRow
from storage.links import Code
from storage.mentoring import offers as offered
from storage.mentoring import requests as requested
from storage.statements import sql
from storage.transaction import Transaction
from tests.outreach.inviting import expats
from tests.outreach.mentoring.courting import OFFER, WANTED
from tests.outreach.sending import NOON, delivery, event, identity, person, put, row

MINUTE = timedelta(minutes=1)
ENDS = NOON + 15 * MINUTE
UNDO = NOON + 15 * MINUTE
TICK = datetime.resolution
ALL = ("register", "invitations", "mentoring", "sharing")


class Two:
    """Jana on Telegram gave a code, Eva on Slack entered it; a bystander has everything, too."""

    def __init__(self, tx: Transaction, **eva: Any) -> None:
        self.tx = tx
        self.jana = person(tx, name="Jana", consents=ALL)
        self.eva = person(tx, name="Eva", channel="slack", **{"consents": ALL, **eva})
        self.other = person(tx, name="Oto", consents=ALL)
        self.accounts = {
            each: joinings.identities(tx, each)[0] for each in (self.jana, self.eva, self.other)
        }

    def enter(self, now: datetime = NOON) -> JoiningRow:
        code = Code(self.jana, self.accounts[self.jana], "Jana", ENDS)
        found, reason = life.entered(
            self.tx, code, Account(self.eva, self.accounts[self.eva], "Eva"), now
        )
        assert reason == ""
        assert found is not None
        return found

    def say(self, number: int, who: int, now: datetime = NOON) -> life.Outcome:
        return life.agree(self.tx, number, who, now, expats(), "telegram")

    def join(self, now: datetime = NOON) -> JoiningRow:
        number = self.enter(now).id
        assert self.say(number, self.eva, now).reason == ""
        outcome = self.say(number, self.jana, now)
        assert outcome.row is not None
        assert outcome.reason == ""
        return outcome.row

    def undo(self, who: int, now: datetime = NOON + MINUTE) -> JoiningRow | None:
        return life.undo(self.tx, who, now, expats(), "slack")

    def state(self, number: int) -> str:
        found = joinings.one(self.tx, number)
        return found.state if found is not None else ""

    def told(self) -> list[tuple[int, str]]:
        """Whom the bot tells by itself, and what."""
        query = (
            "SELECT person_id, variant FROM delivery WHERE kind = 'link' AND lane = 1"
            " AND state = 'queued' ORDER BY id"
        )
        return [tuple(each) for each in self.tx.run(sql(query)).fetchall()]

    def log(self, who: int) -> list[tuple[str, bool]]:
        query = "SELECT purpose, given FROM consent_log WHERE person_id = :p ORDER BY id"
        return [(p, bool(g)) for p, g in self.tx.run(sql(query), p=who).fetchall()]

    def clock(self, now: datetime) -> None:
        context = Context(now, expats(), ("telegram", "slack"))
        while tick(self.tx, HANDLERS, context) is not None:
            pass


def local(tx: Transaction, who: int) -> None:
    tx.run(sql("UPDATE person SET persona = 'local' WHERE id = :p"), p=who)


def test_each_is_asked_in_turn_and_nothing_is_joined_before_both_said_yes(
    database: Database,
) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        row_ = two.enter()
        assert (row_.state, row_.name, row_.other_name) == ("entered", "Jana", "Eva")
        assert two.say(row_.id, two.jana) == life.GONE
        assert two.say(row_.id, two.other) == life.GONE
        assert two.say(row_.id + 1, two.eva) == life.GONE
        assert two.say(row_.id, two.eva).reason == ""
        assert two.say(row_.id, two.eva) == life.GONE
        assert joinings.identities(tx, two.eva) == [two.accounts[two.eva]]
        joined = two.say(row_.id, two.jana, ENDS).row
        assert joined is not None
        assert (joined.state, joined.kept, joined.given) == ("joined", two.jana, two.eva)
        assert joinings.identities(tx, two.jana) == sorted(
            (two.accounts[two.jana], two.accounts[two.eva])
        )
        assert joinings.identities(tx, two.other) == [two.accounts[two.other]]
        assert two.say(row_.id, two.jana) == life.GONE
        assert life.decline(tx, row_.id, two.jana, NOON) == life.GONE


@pytest.mark.parametrize("step", [0, 1])
def test_a_yes_after_the_code_has_ended_is_none(database: Database, step: int) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        number = two.enter().id
        if step:
            two.say(number, two.eva)
        who = two.jana if step else two.eva
        assert two.say(number, who, ENDS + TICK) == life.GONE
        assert two.state(number) == "expired"
        assert two.told() == ([(two.eva, "expired")] if step else [])
        assert [each.state for each in tasks.of(tx, f"joining:{number}")] == ["cancelled"]


def test_the_clock_ends_a_question_and_tells_who_waits(database: Database) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        number = two.enter().id
        two.say(number, two.eva)
        tasks.plan(tx, life.END, f"joining:{number}", NOON, NOON, variant="too early")
        two.clock(ENDS - TICK)
        assert two.state(number) == "asked"
        two.clock(ENDS)
        assert two.state(number) == "expired"
        assert two.told() == [(two.eva, "expired")]
        tx.run(sql("DELETE FROM joining"))
        tasks.plan(tx, life.END, f"joining:{number}", NOON, NOON, variant="again")
        tasks.plan(tx, life.SETTLE, f"joining:{number}", NOON, NOON)
        two.clock(ENDS)  # about nothing any more


@pytest.mark.parametrize("step", [0, 1])
def test_a_no_ends_it_and_the_other_is_told(database: Database, step: int) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        number = two.enter().id
        assert life.decline(tx, number, two.jana, NOON) == life.GONE, "not asked yet"
        assert life.decline(tx, number, two.other, NOON) == life.GONE
        assert life.decline(tx, number + 1, two.eva, NOON) == life.GONE
        if step:
            two.say(number, two.eva)
        assert life.decline(tx, number, two.other, NOON) == life.GONE
        who, there = (two.jana, two.eva) if step else (two.eva, two.jana)
        assert life.decline(tx, number, who, NOON).reason == ""
        assert two.state(number) == "declined"
        assert two.told() == [(there, "declined")]


def test_a_new_question_ends_the_one_before(database: Database) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        first = two.enter().id
        two.say(first, two.eva)
        second = two.enter().id
        assert (two.state(first), two.state(second)) == ("expired", "entered")


def test_who_may_not_be_joined(database: Database) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        jana, eva, other = two.jana, two.eva, two.other
        assert life.refusal(tx, jana, eva, NOON) == ""
        assert life.refusal(tx, jana, other, NOON) == "same_platform"
        tx.run(sql("UPDATE person SET status = 'joining' WHERE id = :p"), p=other)
        assert life.refusal(tx, jana, other, NOON) == ""
        assert life.refusal(tx, jana, 99, NOON) == "gone"
        assert life.refusal(tx, jana, jana, NOON) == "gone", "nobody is joined to themselves"
        identity(tx, eva, "telegram", user_id="second")
        assert life.refusal(tx, jana, eva, NOON) == "same_platform"


@pytest.mark.parametrize(
    ("state", "reason"),
    [("asked_mentee", ""), ("introduced", "pair"), ("met", "pair"), ("ended", "")],
)
def test_a_pair_that_knows_each_other_is_two_people(
    database: Database, state: str, reason: str
) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        put(
            tx, "mentoring_match", mentor_id=two.jana, mentee_id=two.eva, state=state,
            created_at=NOON, uid="u",
        )  # fmt: skip
        assert life.refusal(tx, two.jana, two.eva, NOON) == reason
        assert life.refusal(tx, two.other, two.eva, NOON) == ""


def test_what_has_changed_since_the_code_was_entered_counts(database: Database) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        number = two.enter().id
        identity(tx, two.eva, "telegram", user_id="second")
        outcome = two.say(number, two.eva)
        assert outcome.reason == "same_platform"
        assert two.state(number) == "declined"
        assert two.told() == [(two.jana, "declined")]


def test_no_third_record_while_it_can_be_undone(database: Database) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        two.join()
        third = person(tx, channel="preview")
        for each in (two.jana, two.eva):
            assert life.refusal(tx, third, each, UNDO - TICK) == "busy"
        assert life.refusal(tx, third, two.jana, UNDO) == ""
        assert life.refusal(tx, third, two.eva, UNDO) == "busy", "it rests until it is settled"


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("active", "active", "jana"), ("new", "active", "eva"), ("joining", "paused", "eva"),
        ("new", "joining", "eva"), ("paused", "new", "jana"), ("new", "new", "jana"),
    ],
)  # fmt: skip
def test_the_record_that_says_more_is_kept(
    database: Database, first: str, second: str, kept: str
) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        for who, status in ((two.jana, first), (two.eva, second)):
            tx.run(sql("UPDATE person SET status = :s WHERE id = :p"), s=status, p=who)
        assert two.join().kept == getattr(two, kept)


def test_joining_is_in_the_history_of_both_and_so_is_what_does_not_hold_any_more(
    database: Database,
) -> None:
    with database.transaction() as tx:
        two = Two(tx, consents=("register", "mentoring"))
        number = two.enter().id
        two.say(number, two.eva)
        assert two.say(number, two.jana).asked == ("invitations", "sharing")
        assert two.log(two.jana) == [
            ("joining", True), ("invitations", False), ("sharing", False),
        ]  # fmt: skip
        assert two.log(two.eva) == [("joining", True)]
        two.undo(two.jana)
        assert two.log(two.jana)[3:] == [
            ("joining", False), ("invitations", True), ("sharing", True),
        ]  # fmt: skip
        assert two.log(two.eva) == [("joining", True), ("joining", False)]
        assert living.consents(tx, two.jana)["sharing"]


def test_undone_until_the_last_moment_and_both_are_as_they_were(database: Database) -> None:
    with database.transaction() as tx:
        two = Two(tx, city="Kranj")
        before = [facts.pieces(tx, each) for each in (two.jana, two.eva)]
        row_ = two.join()
        assert two.undo(two.other) is None
        assert two.undo(two.jana, UNDO) is None
        assert two.undo(two.jana, UNDO - TICK) is not None
        assert [facts.pieces(tx, each) for each in (two.jana, two.eva)] == before
        assert joinings.identities(tx, two.eva) == [two.accounts[two.eva]]
        held = joinings.held(tx, two.eva), joinings.held(tx, two.jana)
        assert all(each is not None and each.joined_until is None for each in held)
        assert two.state(row_.id) == "undone"
        assert two.undo(two.jana) is None
        assert {each.state for each in tasks.of(tx, f"joining:{row_.id}")} == {"cancelled"}
        two.clock(UNDO)
        assert two.state(row_.id) == "undone"


def test_what_the_moved_account_said_since_goes_with_it(database: Database) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        local(tx, two.jana)
        local(tx, two.eva)
        first, second = event(tx, key="brunch"), event(tx, key="dinner")
        row_ = two.join()
        said = NOON + MINUTE
        joinings.spoke(tx, row_, said)
        for number, at in ((first, said), (second, said + MINUTE)):
            rsvp.answer(tx, number, two.jana, "going", 0, at, expats())
        living.give_email(tx, two.jana, "eva@x.y", "person:slack", said)
        living.save_answers(tx, two.jana, "skills", "1", {"q": "x"}, said)
        living.set_willingness(tx, two.jana, "yes")  # nobody knows who said it
        requests.open_request(tx, two.jana, WANTED, said, expats())
        assert two.undo(two.jana, said + 2 * MINUTE) is not None
        assert set(events.rsvps_of(tx, two.eva)) == {first}
        assert set(events.rsvps_of(tx, two.jana)) == {second}
        mine, theirs = facts.pieces(tx, two.jana), facts.pieces(tx, two.eva)
        assert theirs["person.email"] == "eva@x.y"
        assert "person.email" not in mine
        assert "answer.skills|1" in theirs
        assert "answer.skills|1" not in mine
        assert mine["person.willingness"] == "yes"
        assert requested.current(tx, two.jana) is None
        assert requested.current(tx, two.eva) is not None


def test_an_offer_made_since_goes_with_the_account_that_made_it(database: Database) -> None:
    with database.transaction() as tx:
        for made_by in ("jana", "eva"):
            tx.run(sql("DELETE FROM person"))
            two = Two(tx)
            row_ = two.join()
            said = NOON + MINUTE
            joinings.spoke(tx, row_, said if made_by == "eva" else NOON)
            offers.save(tx, two.jana, OFFER, said, expats())
            two.undo(two.jana, said + MINUTE)
            owner = getattr(two, made_by)
            assert offered.of_person(tx, owner) is not None
            assert offered.of_person(tx, two.jana + two.eva - owner) is None


def test_ones_own_request_and_answers_stay_ones_own(database: Database) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        for each in (two.jana, two.eva):
            local(tx, each)
        number = event(tx)
        rsvp.answer(tx, number, two.eva, "maybe", 0, NOON, expats())
        requests.open_request(tx, two.eva, WANTED, NOON, expats())
        row_ = two.join()
        said = NOON + MINUTE
        joinings.spoke(tx, row_, said)
        rsvp.answer(tx, number, two.jana, "going", 0, said, expats())
        requests.open_request(tx, two.jana, WANTED, said, expats())
        two.undo(two.jana, said + MINUTE)
        states = [events.rsvp(tx, number, each) for each in (two.jana, two.eva)]
        assert [each.state for each in states if each is not None] == ["going", "maybe"]
        assert requested.current(tx, two.jana) is not None


def test_what_was_planned_in_between_goes_to_its_own_account(database: Database) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        broken = identity(tx, two.eva, "slack", user_id="old", status="unreachable")
        page = identity(tx, two.jana, "preview", user_id="page")
        row_ = two.join()
        slack, telegram = two.accounts[two.eva], two.accounts[two.jana]
        stray, sent = (
            delivery(tx, two.eva, "reminder", state=state) for state in ("queued", "sent")
        )
        own, moved = (delivery(tx, two.jana, "reminder") for _ in range(2))
        second = delivery(tx, two.jana, "reminder")
        for number, account in (
            (stray, telegram), (sent, telegram), (moved, slack), (second, page),
        ):  # fmt: skip
            tx.run(sql("UPDATE delivery SET identity_id = :i WHERE id = :id"), i=account, id=number)
        others = delivery(tx, two.other, "reminder")
        assert broken in joinings.identities(tx, two.jana)
        two.undo(two.jana)
        found = {
            each: tx.run(
                sql("SELECT identity_id, channel, user_id FROM delivery WHERE id = :id"), id=each
            ).fetchone()
            for each in (stray, own, moved, sent, others, second)
        }
        assert found[stray] == (slack, "slack", f"u{two.eva}")
        assert found[own][0] == found[moved][0] == found[sent][0] == telegram  # type: ignore[index]
        assert found[others][0] == two.accounts[two.other]  # type: ignore[index]
        assert found[second][0] == page, "an account of their own"  # type: ignore[index]
        assert row_.id


def test_what_becomes_of_one_joining_is_nothing_to_another(database: Database) -> None:
    with database.transaction() as tx:
        two, others = Two(tx), Two(tx)
        others_number = others.enter().id
        other = joinings.one(tx, others_number)
        two.join()
        assert joinings.one(tx, others_number) == other
        two.undo(two.jana)
        assert joinings.one(tx, others_number) == other
        life.expire(tx, two.enter(), NOON)
        assert joinings.one(tx, others_number) == other
        assert joinings.open_of(tx, two.jana) == []
        assert joinings.open_of(tx, others.jana) == joinings.open_of(tx, others.eva) == [other]
        assert joinings.joined_of(tx, others.jana) is None


@pytest.mark.parametrize("how", ["declined", "undone", "settled"])
def test_of_what_is_over_no_names_and_no_facts_are_kept(database: Database, how: str) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        number = two.enter().id if how == "declined" else two.join().id
        tx.run(sql("UPDATE joining SET said = :said"), said='["2026-11-23T12:00:00.000000Z"]')
        match how:
            case "declined":
                life.decline(tx, number, two.eva, NOON)
            case "undone":
                two.undo(two.jana)
            case _:
                two.clock(UNDO)
        assert two.state(number) == how
        kept = tx.run(sql(
            "SELECT name, other_name, CAST(moved AS text), CAST(before AS text),"
            " CAST(after AS text), CAST(said AS text) FROM joining"
        )).fetchone()  # fmt: skip
        assert tuple(kept or ()) == (None, None, "[]", "{}", "{}", "[]")


def test_what_was_left_out_belongs_to_the_record_that_lives_on(database: Database) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        tx.run(sql("UPDATE person SET status = 'joining' WHERE id = :p"), p=two.jana)
        found = two.join()
        assert found.kept == two.eva
        assert taking.belongs(found, two.eva)
        assert not taking.belongs(found, two.jana)
        assert not taking.belongs(found, two.other)


def test_an_account_that_is_gone_is_told_nothing(database: Database) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        code = Code(two.jana, None, None, ENDS)
        account = Account(two.eva, two.accounts[two.eva], None)
        found, _ = life.entered(tx, code, account, NOON)
        assert found is not None
        assert joinings.platform(tx, found.identity) == ""
        assert joinings.platform(tx, found.other_identity) == "slack"
        life.decline(tx, found.id, two.eva, NOON)
        assert two.told() == []


def test_who_has_no_account_left_keeps_what_was_planned(database: Database) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        two.join()
        planned = delivery(tx, two.jana, "reminder")
        tx.run(sql("DELETE FROM identity WHERE id = :id"), id=two.accounts[two.jana])
        assert two.undo(two.jana) is not None
        assert row(tx, planned)["state"] == "queued"
        assert joinings.identities(tx, two.jana) == []


def test_what_was_refused_on_the_other_account_is_no_news(database: Database) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        living.consent(
            tx, two.eva, {"reminders": False}, notice_version="1", channel="slack", now=NOON
        )
        two.join()
        assert two.log(two.jana) == [("joining", True)]
        assert living.consents(tx, two.jana)["reminders"] is False
        two.undo(two.jana)
        assert two.log(two.jana)[1:] == [("joining", False)]
        assert "reminders" not in living.consents(tx, two.jana)


def test_what_only_the_other_account_was_asked_is_given_and_taken_back(database: Database) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        tx.run(sql("DELETE FROM consent WHERE person_id = :id"), id=two.jana)
        theirs = sorted(living.consents(tx, two.eva).items())
        two.join()
        assert two.log(two.jana) == [("joining", True), *theirs]
        two.undo(two.jana)
        assert two.log(two.jana)[1 + len(theirs) :] == [
            ("joining", False), *((purpose, False) for purpose, _ in theirs),
        ]  # fmt: skip


def test_what_waited_for_it_is_looked_at_when_it_is_undone(database: Database) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        two.join()
        waiting = delivery(tx, two.eva, "reminder", due_at=UNDO, reason="joined")
        paused = delivery(tx, two.eva, "reminder", due_at=UNDO, reason="paused")
        two.undo(two.jana, NOON + MINUTE)
        assert row(tx, waiting)["reason"] is None
        assert row(tx, paused)["reason"] == "paused"


def test_settled_the_rest_goes_over_and_the_record_with_it(database: Database) -> None:
    with database.transaction() as tx:
        two = Two(tx, city="Kranj")
        bystanders = Two(tx)
        bystanders.other = two.other
        number = event(tx)
        rsvp.answer(tx, number, two.eva, "going", 0, NOON, expats())
        row_ = two.join()
        life_ = bystanders.enter()
        assert life_.state == "entered"
        two.clock(UNDO - TICK)
        assert events.rsvp(tx, number, two.eva) is not None
        tx.run(sql("UPDATE joining SET state = 'joined' WHERE id = :id"), id=life_.id)
        late = UNDO + MINUTE
        waiting = delivery(tx, two.jana, "reminder", due_at=late, reason="joined")
        two.clock(UNDO)
        assert row(tx, waiting)["reason"] is None
        assert events.rsvp(tx, number, two.jana) is not None
        assert joinings.held(tx, two.eva) is None
        settled = joinings.one(tx, row_.id)
        assert settled is not None
        assert (settled.state, settled.person, settled.other) == ("settled", two.jana, None)
        assert (settled.before, settled.after, settled.name) == ({}, {}, None)
        assert two.state(life_.id) == "joined", "another's is not settled with it"
        held = joinings.held(tx, two.jana)
        assert held is not None
        assert held.joined_until is None
        left = tx.run(sql("SELECT 1 FROM identity WHERE joining_id = :id"), id=row_.id)
        assert left.fetchall() == []


def test_a_consent_to_mentoring_that_was_not_given_again_ends_what_rests_on_it(
    database: Database,
) -> None:
    with database.transaction() as tx:
        two = Two(tx, consents=("register",))
        local(tx, two.jana)
        local(tx, two.eva)
        requests.open_request(tx, two.jana, WANTED, NOON, expats())
        two.join()
        assert requested.current(tx, two.jana) is not None, "it can be undone still"
        assert entitled.mentee(tx, two.jana, expats()) == "consent"
        two.clock(UNDO)
        assert requested.current(tx, two.jana) is None


def test_who_is_erased_gives_up_the_places_of_both_records(database: Database) -> None:
    with database.transaction() as tx:
        two = Two(tx)
        number = event(tx, capacity=1)
        rsvp.answer(tx, number, two.eva, "going", 0, NOON, expats())
        rsvp.answer(tx, number, two.other, "going", 0, NOON, expats())
        two.join()
        life.leave(tx, two.jana, NOON + MINUTE, expats())
        waiting = events.rsvp(tx, number, two.other)
        assert waiting is not None
        assert waiting.state == "offered"


def test_who_is_erased_while_asked_leaves_nobody_waiting(database: Database) -> None:
    with database.transaction() as tx:
        for step in (0, 1):
            tx.run(sql("DELETE FROM person"))
            two = Two(tx)
            number = two.enter().id
            if step:
                two.say(number, two.eva)
            life.leave(tx, two.jana, NOON, expats())
            assert two.told()[-1:] == [(two.eva, "declined")]


def test_the_other_fact_is_taken_once_and_by_its_own_record(database: Database) -> None:
    with database.transaction() as tx:
        two = Two(tx, city="Kranj", confirmed_at=NOON)
        living.give_email(tx, two.jana, "jana@x.y", "person:telegram", NOON)
        living.give_email(tx, two.eva, "eva@x.y", "person:slack", NOON + MINUTE)
        row_ = two.join(NOON + 2 * MINUTE)
        assert facts.pieces(tx, two.jana)["person.email"] == "eva@x.y"
        assert "email" in row_.left_out
        assert taking.belongs(row_, two.jana)
        assert not taking.belongs(row_, two.eva)
        assert not taking.belongs(row_, two.other)
        taking.take(tx, row_, two.jana, "email", NOON + 3 * MINUTE, expats())
        found = facts.pieces(tx, two.jana)
        assert found["person.email"] == "jana@x.y"
        assert found["provenance.email"][0]["source"] == "person:telegram"
        now = joinings.one(tx, row_.id)
        assert now is not None
        assert "email" not in now.left_out
        assert set(row_.left_out) - set(now.left_out) == {"email"}
        two.clock(NOON + 20 * MINUTE)
        settled = joinings.one(tx, row_.id)
        assert settled is not None
        assert taking.belongs(settled, two.jana)
        assert settled.left_out == now.left_out
