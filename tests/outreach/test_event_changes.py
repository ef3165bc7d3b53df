"""An event is changed: what is different, who hears of it, and what moves along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from outreach.audience import saved
from outreach.errors import BadFilter, NotFound, WrongState
from outreach.events import changing, life, line, rsvp, schedule
from outreach.events.changing import CHANGED_AGAIN, Changed
from outreach.events.model import Details, details_of, differences
from outreach.events.rsvp import Wanted as Answer
from outreach.staff import console_actor
from storage import events, staff_log, tasks
from storage.database import Database, Transaction, sql
from storage.events import EventRow, RsvpRow
from storage.media import Medium
from storage.staff_log import Wanted
from storage.tasks import TaskRow
from tests.outreach.inviting import NOW, STARTS, event, expats, people
from tests.outreach.sending import delivery
from tests.outreach.sending import row as planned

TICK, HOUR, DAY = timedelta(microseconds=1), timedelta(hours=1), timedelta(days=1)
ENDS = STARTS + 2 * HOUR


class Brunch:
    """An event that some have answered, and staff who change it."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx
        people(tx, 5)
        self.id = event(tx, capacity=4).id
        for who, state in enumerate(("going", "maybe", "no", "waiting", "offered"), 1):
            held = RsvpRow(self.id, who, state, 0, NOW, NOW, NOW, STARTS)
            events.put_rsvp(tx, held)

    @property
    def row(self) -> EventRow:
        return events.by_ids(self.tx, [self.id])[self.id]

    def becomes(self, **values: Any) -> None:
        events.update(self.tx, self.id, values)

    def change(
        self, now: datetime = NOW, note: Mapping[str, str] | None = None, **values: Any
    ) -> Changed:
        details = replace(details_of(self.row), **values)
        return changing.change(self.tx, self.id, details, console_actor(), now, expats(), note)

    def tasks(self, kind: str) -> list[TaskRow]:
        """What of a kind is still to be done."""
        found = tasks.of(self.tx, schedule.subject(self.id), kind)
        return [each for each in found if each.state == "open"]

    def state(self, who: int) -> str:
        found = events.rsvp(self.tx, self.id, who)
        assert found is not None
        return found.state


@pytest.fixture
def brunch(database: Database) -> Iterator[Brunch]:
    with database.transaction() as tx:
        yield Brunch(tx)


CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "title": ({"title": {"en": "Lunch"}}, ""),
    "description": ({"description": {"en": "More"}}, ""),
    "format": ({"format": "meetup"}, ""),
    "guests": ({"guests": 2}, ""),
    "capacity": ({"capacity": 9}, ""),
    "audience": ({"audience": "language:sk"}, ""),
    "rsvp_until": ({"rsvp_until": STARTS - DAY}, ""),
    "host_id": ({"host_id": 1}, ""),
    "starts_at": ({"starts_at": STARTS + HOUR}, "t"),
    "ends_at": ({"ends_at": ENDS + HOUR}, "t"),
    "timezone": ({"timezone": "Europe/London"}, "t"),
    "place": ({"place": {"en": "Elsewhere"}}, "p"),
    "link": ({"link": "https://example.org/x"}, "l"),
    "everything": (
        {"link": "https://example.org/x", "place": {"en": "E"}, "starts_at": STARTS + HOUR,
         "title": {"en": "Lunch"}}, "tpl",
    ),
}  # fmt: skip
"""What is changed, and the letters of what of it is told."""


@pytest.mark.parametrize("what", CHANGES)
def test_time_place_and_link_are_told_and_nothing_else(brunch: Brunch, what: str) -> None:
    values, letters = CHANGES[what]
    before = brunch.row
    told = 4 if letters else 0
    effect = changing.effect(brunch.tx, before, replace(details_of(before), **values))
    assert (effect.names, effect.told) == (frozenset(values), told)
    assert brunch.row == before
    done = brunch.change(note={"en": "Sorry"}, **values)
    assert (done.names, done.told, done.event) == (frozenset(values), told, brunch.row)
    assert differences(details_of(before), details_of(brunch.row)) == set(values)
    assert brunch.row.sequence == before.sequence + bool(letters)
    assert brunch.row.note == ({"en": "Sorry"} if letters else {})
    assert (brunch.row.revision, brunch.row.updated_at) == (before.revision + 1, NOW)
    variants = [each.variant for each in brunch.tasks(schedule.CHANGE)]
    assert variants == ([f"s1{letters}"] if letters else [])
    ends = [each.expires_at for each in brunch.tasks(schedule.CHANGE)]
    assert ends == [brunch.row.ends_at] * len(variants)
    (line_,) = staff_log.latest(brunch.tx, Wanted(), 9)
    assert (line_.action, line_.people) == ("event.change", told)
    assert line_.detail == {"changed": sorted(values)}


def test_what_is_the_same_changes_and_notes_nothing(brunch: Brunch) -> None:
    before = brunch.row
    assert brunch.change(note={"en": "Sorry"}) == Changed(before, frozenset(), 0)
    assert brunch.row == before
    assert staff_log.latest(brunch.tx, Wanted(), 9) == []


def test_a_draft_is_changed_without_a_word(brunch: Brunch) -> None:
    brunch.becomes(status="draft")
    before = brunch.row
    details = replace(details_of(before), starts_at=NOW - DAY, place={"en": "E"})
    assert changing.effect(brunch.tx, before, details).told == 0
    done = brunch.change(starts_at=NOW - DAY, place={"en": "E"}, note={"en": "Sorry"})
    assert (done.told, brunch.row.sequence, brunch.row.note) == (0, 0, {})
    assert tasks.of(brunch.tx, schedule.subject(brunch.id)) == []


def test_a_picture_is_a_change_too(brunch: Brunch) -> None:
    picture = Medium("a.png", "image/png", b"x")
    details = replace(details_of(brunch.row), picture=picture)
    assert changing.effect(brunch.tx, brunch.row, details).names == {"media_id"}
    assert brunch.change(picture=picture).names == {"media_id"}
    assert brunch.row.media_name == "a.png"


def test_what_cannot_be_changed_is_said(brunch: Brunch) -> None:
    before = brunch.row
    with pytest.raises(WrongState, match="key"):
        brunch.change(key="lunch")
    for starts in (NOW, NOW - DAY):
        with pytest.raises(WrongState, match="brunch"):
            brunch.change(starts_at=starts)
    with pytest.raises(BadFilter):
        brunch.change(audience="county:DE")
    assert brunch.row == before
    assert brunch.change(starts_at=NOW + TICK).names == {"starts_at"}
    for status in ("over", "cancelled"):
        brunch.becomes(status=status)
        with pytest.raises(WrongState, match=f"brunch is {status}"):
            brunch.change(capacity=9)
    for number in (99, -1):
        with pytest.raises(NotFound):
            life.close(brunch.tx, number, console_actor(), NOW)


def test_a_saved_audience_is_kept_as_it_is_now(brunch: Brunch) -> None:
    saved.save(brunch.tx, "us", "language:sk", expats(), NOW)
    brunch.change(audience="@us")
    assert brunch.row.audience == "(language:sk)"
    details = replace(details_of(brunch.row), audience="@us")
    assert changing.effect(brunch.tx, brunch.row, details).names == frozenset()
    brunch.becomes(status="draft")
    brunch.change(audience="@us")
    assert brunch.row.audience == "@us"
    assert changing.effect(brunch.tx, brunch.row, details).names == frozenset()


@pytest.mark.parametrize(
    ("before", "until", "status"),
    [
        (None, None, "closed"),  # closed by staff: answers are taken no longer, whatever the hour
        (NOW - HOUR, NOW, "closed"),
        (NOW - HOUR, NOW + TICK, "announced"),
        (NOW + 2 * HOUR, NOW + HOUR, "closed"),  # closed by staff, and now even earlier
        (NOW + HOUR, NOW + HOUR + TICK, "announced"),
        (NOW - HOUR, None, "announced"),
    ],
)
def test_a_later_deadline_opens_the_answers_again(
    brunch: Brunch, before: datetime | None, until: datetime | None, status: str
) -> None:
    brunch.becomes(status="closed", closed_at=NOW, rsvp_until=before)
    brunch.change(rsvp_until=until, title={"en": "Lunch"})
    assert brunch.row.status == status
    assert (brunch.row.closed_at is None) is (status == "announced")


def test_a_later_start_opens_the_answers_again(brunch: Brunch) -> None:
    brunch.becomes(status="closed", closed_at=NOW, starts_at=NOW - HOUR)
    brunch.change(starts_at=NOW + HOUR)
    assert (brunch.row.status, brunch.row.closed_at) == ("announced", None)


@pytest.mark.parametrize("name", ["starts_at", "ends_at", "rsvp_until", "capacity", "audience"])
def test_what_depends_on_the_times_moves_along(brunch: Brunch, name: str) -> None:
    other = {"rsvp_until": STARTS - 2 * DAY, "capacity": 9, "audience": "language:sk"}
    new: Any = other.get(name) or getattr(brunch.row, name) + HOUR
    schedule.invite(brunch.tx, brunch.row, NOW - DAY)
    kinds = ("reminder", "last_reminder", "invitation")
    notices = {kind: delivery(brunch.tx, 1, kind, event_id=brunch.id) for kind in kinds}
    brunch.change(**{name: new})
    timed = name in ("starts_at", "ends_at", "rsvp_until")
    for kind in kinds[:2]:
        reason = planned(brunch.tx, notices[kind])["reason"]
        assert reason == (CHANGED_AGAIN if timed else None)
    assert planned(brunch.tx, notices["invitation"])["state"] == "queued"
    assert bool(brunch.tasks(schedule.OVER)) is timed
    (invites,) = brunch.tasks(schedule.INVITE)
    invited = name in ("audience", "rsvp_until", "starts_at")
    assert invites.due_at == (NOW if invited else NOW - DAY)
    assert bool(brunch.tasks(schedule.SWEEP)) is invited


def test_each_change_of_who_is_meant_is_followed(brunch: Brunch) -> None:
    """Also where what the one before brought about is done."""
    for number, audience in enumerate(("language:sk", "language:en", "everybody")):
        brunch.tx.run(sql("UPDATE task SET state = 'done' WHERE state = 'open'"))
        brunch.change(NOW + number * HOUR, audience=audience)
        (swept,) = brunch.tasks(schedule.SWEEP)
        assert swept.due_at == NOW + number * HOUR
        (invites,) = brunch.tasks(schedule.INVITE)
        assert invites.due_at == NOW + number * HOUR


@pytest.mark.parametrize("answer", ["going", "maybe", "no"])
def test_an_offer_that_was_answered_is_not_made_any_more(brunch: Brunch, answer: Answer) -> None:
    row = events.rsvp(brunch.tx, brunch.id, 5)
    assert row is not None
    tasks.plan(brunch.tx, line.OFFER, line.subject(row), NOW, NOW, variant=line.variant(NOW))
    unsent = delivery(brunch.tx, 5, "offer", event_id=brunch.id, variant=line.variant(NOW))
    rsvp.answer(brunch.tx, brunch.id, 5, answer, None, NOW, expats())
    assert brunch.state(5) == answer
    assert [each.state for each in tasks.of(brunch.tx, line.subject(row))] == ["cancelled"]
    assert planned(brunch.tx, unsent)["state"] == "cancelled"


def test_of_an_event_that_takes_no_answers_nobody_is_invited_anew(brunch: Brunch) -> None:
    brunch.becomes(status="closed", closed_at=NOW)
    brunch.change(audience="language:sk", starts_at=STARTS - HOUR)
    assert (brunch.row.status, brunch.tasks(schedule.INVITE)) == ("closed", [])
    assert brunch.tasks(schedule.SWEEP) == []


def test_a_larger_room_is_offered_and_offers_end_by_the_start(brunch: Brunch) -> None:
    brunch.becomes(capacity=2)
    brunch.change(title={"en": "Lunch"})
    assert brunch.state(4) == "waiting"
    brunch.change(capacity=3)
    assert brunch.state(4) == "offered"
    sooner = NOW + 5 * HOUR
    brunch.change(starts_at=sooner, ends_at=sooner + HOUR)
    for who in (4, 5):
        row = events.rsvp(brunch.tx, brunch.id, who)
        assert row is not None
        assert row.offered_until == sooner
    assert [each.variant for each in brunch.tasks(schedule.CHANGE)] == ["s1tu"]


def test_a_later_start_gives_places_again(brunch: Brunch) -> None:
    brunch.becomes(starts_at=NOW - HOUR, ends_at=NOW + HOUR)
    events.put_rsvp(brunch.tx, RsvpRow(brunch.id, 5, "no", 0, NOW))
    brunch.change(starts_at=STARTS, ends_at=ENDS)
    assert brunch.state(4) == "offered"
    assert tasks.of(brunch.tx, f"rsvp:{brunch.id}:4", line.OFFER) != []


def test_what_was_not_told_yet_is_told_with_the_next_change(brunch: Brunch) -> None:
    brunch.change(place={"en": "Elsewhere"})
    assert [each.variant for each in brunch.tasks(schedule.CHANGE)] == ["s1p"]
    brunch.change(link="https://example.org/x")  # the first is not even planned
    assert [each.variant for each in brunch.tasks(schedule.CHANGE)] == ["s2pl"]
    waiting = delivery(brunch.tx, 1, "change", event_id=brunch.id, variant="s0t")
    sent = delivery(brunch.tx, 2, "change", event_id=brunch.id, variant="s0t", state="sent")
    brunch.change(link="https://example.org/y")
    assert [each.variant for each in brunch.tasks(schedule.CHANGE)] == ["s3tpl"]
    assert planned(brunch.tx, waiting)["reason"] == CHANGED_AGAIN
    assert planned(brunch.tx, sent)["state"] == "sent"
    brunch.change(title={"en": "Lunch"})  # nothing to be told; what waits stays
    assert [each.variant for each in brunch.tasks(schedule.CHANGE)] == ["s3tpl"]


def test_a_post_in_a_group_follows_the_event(brunch: Brunch) -> None:
    for kind in ("announced", "draft"):
        brunch.becomes(status=kind)
        brunch.tx.run(sql("DELETE FROM delivery"))
        delivery(brunch.tx, None, "post", event_id=brunch.id, state="sent", message="7")
        brunch.change(title={"en": f"Lunch {kind}"})
        edits = brunch.tx.run(sql("SELECT action, target FROM delivery WHERE state = 'queued'"))
        assert edits.fetchall() == ([("edit", "7")] if kind == "announced" else [])


def test_a_new_event_has_a_key_of_its_own_and_nothing_planned(database: Database) -> None:
    details = Details("brunch", "cike", {"en": "B"}, STARTS, ENDS, "Europe/Bratislava")
    with database.transaction() as tx:
        actor = console_actor()
        made = life.create(tx, details, actor, NOW)
        assert details_of(made) == details
        assert (made.status, made.sequence, made.revision, made.note) == ("draft", 0, 0, {})
        assert (made.created_at, made.updated_at, made.created_by) == (NOW, NOW, None)
        assert len(made.uid.removesuffix("@domov")) == 24
        other = life.create(tx, replace(details, key="other"), actor, NOW)
        assert (other.uid, other.code) != (made.uid, made.code)
        assert tasks.next_due(tx) is None


def test_an_announcement_closes_with_its_answers(database: Database) -> None:
    with database.transaction() as tx:
        people(tx, 1)
        for until, late in ((NOW, True), (NOW + TICK, False)):
            draft = event(tx, f"e{late}", status="draft", rsvp_until=until)
            if late:
                with pytest.raises(WrongState, match="deadline for answers has passed"):
                    life.announce(tx, draft.id, console_actor(), NOW, expats())
                continue
            done = life.announce(tx, draft.id, console_actor(), NOW, expats(), 7)
            assert (done.status, done.announced_at, done.revision) == ("announced", NOW, 1)
            (noted,) = staff_log.latest(tx, Wanted(), 9)
            assert (noted.action, noted.people) == ("event.announce", 7)
            (closes,) = tasks.of(tx, schedule.subject(draft.id), schedule.CLOSE)
            assert closes.due_at == until


def test_a_cancelled_event_gives_nothing_and_tells_those_concerned(brunch: Brunch) -> None:
    schedule.times(brunch.tx, brunch.row, NOW, expats())
    done = life.cancel(brunch.tx, brunch.id, console_actor(), NOW, {"en": "Sorry"})
    assert (done.told, done.names) == (4, frozenset({"status"}))
    row = brunch.row
    assert (row.status, row.cancelled_at, row.sequence, row.note) == (
        "cancelled", NOW, 1, {"en": "Sorry"},
    )  # fmt: skip
    assert brunch.state(5) == "waiting"
    (told,) = brunch.tasks(schedule.CANCEL)
    assert (told.variant, told.due_at, told.expires_at) == ("s1", NOW, ENDS)
    kinds = {each.kind for each in tasks.of(brunch.tx, schedule.subject(brunch.id))
             if each.state == "open"}  # fmt: skip
    assert kinds == {schedule.CANCEL, schedule.SWEEP}
    soon = event(brunch.tx, "soon", starts_at=NOW + HOUR)
    life.cancel(brunch.tx, soon.id, console_actor(), NOW)
    (urgent,) = tasks.of(brunch.tx, schedule.subject(soon.id), schedule.CANCEL)
    assert urgent.variant == "s1u"
    draft = event(brunch.tx, "draft", status="draft")
    assert life.cancel(brunch.tx, draft.id, console_actor(), NOW).told == 0
    assert tasks.of(brunch.tx, schedule.subject(draft.id), schedule.CANCEL) == []


def test_closing_stops_inviting(brunch: Brunch) -> None:
    schedule.invite(brunch.tx, brunch.row, NOW)
    closed = life.close(brunch.tx, brunch.id, console_actor(), NOW + HOUR)
    assert (closed.status, closed.closed_at) == ("closed", NOW + HOUR)
    assert brunch.tasks(schedule.INVITE) == brunch.tasks(schedule.NEWCOMERS) == []
    assert len(brunch.tasks(schedule.SWEEP)) == 1
    with pytest.raises(WrongState, match="brunch is closed"):
        life.close(brunch.tx, brunch.id, console_actor(), NOW)
    schedule.invite(brunch.tx, brunch.row, NOW)
    assert life.end(brunch.tx, brunch.row, NOW).status == "over"
    assert brunch.tasks(schedule.INVITE) == []


def test_whoever_waits_is_offered_a_place_and_named(brunch: Brunch) -> None:
    brunch.becomes(capacity=2)
    assert line.fill(brunch.tx, brunch.row, NOW, expats()) == []
    for capacity in (9, None):
        events.put_rsvp(brunch.tx, RsvpRow(brunch.id, 4, "waiting", 0, NOW, NOW))
        brunch.becomes(capacity=capacity)
        made = line.fill(brunch.tx, brunch.row, NOW, expats())
        assert [(row.person_id, row.state) for row in made] == [(4, "offered")]
