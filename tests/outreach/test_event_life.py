"""An event's life, and what happens around it by itself, on the clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from outreach.audience import saved
from outreach.claiming import Claimed, claim
from outreach.clock import Context, tick
from outreach.deciding import Rules
from outreach.errors import NotAllowed, NotFound, WrongState
from outreach.events import checkin, life, line, rsvp, schedule
from outreach.events.model import Details, details_of
from outreach.events.notices import HANDLERS
from outreach.events.rsvp import Wanted
from outreach.staff import Actor, console_actor
from storage import events, staff_log, tasks
from storage.database import Database, Transaction, sql
from storage.events import EventRow
from storage.media import Medium
from storage.moments import as_moment, moment
from tests.outreach.inviting import CHANNELS, NOW, STARTS, expats, people, person

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BRUNCH = Details(
    "brunch", "cike", {"en": "Brunch"}, STARTS, STARTS + 2 * HOUR, "Europe/Bratislava",
    place={"en": "Tabačka"},
)  # fmt: skip
DELIVERIES = sql(
    "SELECT kind, variant, person_id, state, reason FROM delivery ORDER BY kind, variant, person_id"
)
SENT = sql("UPDATE delivery SET state = 'sent', sent_at = :at WHERE state = 'queued'")
EXPIRED = sql("UPDATE delivery SET state = 'expired' WHERE state = 'queued'")
EXPIRY = sql("SELECT DISTINCT kind, expires_at FROM delivery ORDER BY kind")


class World:
    """A database, a clock and one event."""

    def __init__(self, tx: Transaction, count: int = 3) -> None:
        self.tx = tx
        self.now = NOW
        self.actor = console_actor()
        people(tx, count)

    def create(self, **values: Any) -> EventRow:
        return life.create(self.tx, replace(BRUNCH, **values), self.actor, self.now)

    def announced(self, **values: Any) -> EventRow:
        event = self.create(**values)
        return life.announce(self.tx, event.id, self.actor, self.now, expats())

    def clock(self, until: datetime | None = None) -> list[str]:
        """Do everything that is due up to then, each at its time; the kinds that were done."""
        done = []
        end = until or self.now
        while (due := tasks.next_due(self.tx)) is not None and due <= end:
            self.now = max(self.now, due)
            ticked = tick(self.tx, HANDLERS, Context(self.now, expats(), CHANNELS))
            assert ticked is not None
            done.append(f"{ticked.kind} {ticked.state}")
        self.now = end
        return done

    def say(self, who: int, wanted: Wanted, event: EventRow, guests: int | None = 0) -> str | None:
        self.now += timedelta(seconds=1)
        return rsvp.answer(self.tx, event.id, who, wanted, guests, self.now, expats()).state

    def send(self) -> None:
        self.tx.run(SENT, at=moment(self.now))

    def claim(self) -> tuple[Claimed, ...]:
        rules = Rules.of(expats())
        none: frozenset[str] = frozenset()
        return claim(self.tx, "1", "demo", "demo", 50, none, self.now, rules).claimed

    def notices(self, kind: str) -> list[tuple[str, int, str]]:
        """(variant, person, state) of a kind."""
        rows = self.tx.run(DELIVERIES).fetchall()
        return [(row[1], row[2], row[3]) for row in rows if row[0] == kind]

    def told(self, kind: str) -> list[int]:
        return [each[1] for each in self.notices(kind)]

    def fresh(self, event: EventRow) -> EventRow:
        return events.by_ids(self.tx, [event.id])[event.id]

    def change(self, event: EventRow, **values: Any) -> life.Changed:
        details = replace(details_of(self.fresh(event)), **values)
        return life.change(self.tx, event.id, details, self.actor, self.now, expats(), {"en": "!"})


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    with database.transaction() as tx:
        yield World(tx)


def test_new_event_is_a_draft_that_nobody_hears_of(world: World) -> None:
    event = world.create()
    assert (event.status, event.sequence, event.title) == ("draft", 0, {"en": "Brunch"})
    assert len(event.code) == 6
    assert event.uid.endswith("@domov")
    assert world.clock(STARTS + 9 * DAY) == []
    assert life.find(world.tx, "brunch") == event
    with pytest.raises(NotFound, match="no event 'lunch'"):
        life.find(world.tx, "lunch")


def test_key_is_taken_once(world: World) -> None:
    world.create()
    with pytest.raises(WrongState, match="already"):
        world.create()


def test_pictures_are_kept_once(world: World) -> None:
    event = world.create(picture=Medium("a.png", "image/png", b"x"))
    assert (event.media_name, event.media_type) == ("a.png", "image/png")
    again = world.change(event, picture=Medium("b.png", "image/png", b"x"))
    assert again.names == frozenset()


def test_announced_event_invites_its_audience(world: World) -> None:
    person(world.tx, 4, organisation="bsc_kranj")
    person(world.tx, 5, consents=("register",))
    person(world.tx, 6, organisation="bsc_kranj", consents=("register", "invitations", "sharing"))
    event = world.announced()
    assert world.clock() == ["event.invite done"]
    assert world.told("invitation") == [1, 2, 3, 6]
    assert event.status == "announced"


def test_audience_is_the_filter(world: World) -> None:
    person(world.tx, 4, language="sl")
    world.announced(audience="language:sl")
    world.clock()
    assert world.told("invitation") == [4]


def test_saved_audience_is_the_one_that_was_reviewed(world: World) -> None:
    person(world.tx, 4, language="sl")
    saved.save(world.tx, "us", "language:sk", expats(), NOW)
    event = world.announced(audience="@us")
    saved.save(world.tx, "us", "language:sl", expats(), NOW)
    world.clock()
    assert world.told("invitation") == [1, 2, 3]
    saved.save(world.tx, "us", "language:sk", expats(), NOW)
    details = replace(details_of(event), audience="@us")
    assert life.effect(world.tx, event, details).names == frozenset()
    done = life.change(world.tx, event.id, details, world.actor, NOW, expats())
    assert done.names == frozenset()


def test_who_joins_later_is_invited_within_the_hour(world: World) -> None:
    event = world.announced()
    world.clock()
    person(world.tx, 9)
    world.say(1, "going", event)
    person(world.tx, 10)
    world.say(10, "no", event)
    world.clock(world.now + HOUR)
    assert world.told("invitation") == [1, 2, 3, 9]


def test_nobody_is_invited_after_the_deadline(world: World) -> None:
    event = world.announced(rsvp_until=NOW + 2 * HOUR)
    world.clock(NOW + 2 * HOUR)
    person(world.tx, 9)
    world.clock(NOW + 9 * HOUR)
    assert world.told("invitation") == [1, 2, 3]
    assert world.fresh(event).status == "closed"
    assert {state for _, _, state in world.notices("invitation")} == {"cancelled"}


def test_reminders_come_relative_to_the_start(world: World) -> None:
    event = world.announced()
    world.say(1, "going", event)
    world.say(2, "maybe", event)
    world.say(3, "no", event)
    world.clock(STARTS - 7 * DAY - timedelta(seconds=1))
    assert world.notices("reminder") == []
    at = int(STARTS.timestamp())
    world.clock(STARTS - 7 * DAY)
    assert world.notices("reminder") == [(f"7d@{at}", 1, "queued"), (f"7d@{at}", 2, "queued")]
    world.clock(STARTS - DAY)
    assert world.told("reminder") == [1, 2, 1, 2]
    assert world.told("last_reminder") == []
    world.clock(STARTS - HOUR)
    assert world.notices("last_reminder") == [(f"1h@{at}", 1, "queued"), (f"1h@{at}", 2, "queued")]


def test_reminder_is_worth_something_until_the_next(world: World) -> None:
    event = world.announced()
    world.say(1, "going", event)
    world.send()
    world.clock(STARTS - 7 * DAY)
    ends = {row[0]: as_moment(row[1]) for row in world.tx.run(EXPIRY).fetchall()}
    assert ends["reminder"] == STARTS - DAY


def test_reminders_that_would_have_been_are_not_given(world: World) -> None:
    """Announced three days before, there is no reminder of seven days."""
    world.now = STARTS - 3 * DAY
    event = world.announced()
    world.say(1, "going", event)
    world.clock(STARTS)
    assert len(world.told("reminder")) == 1
    assert len(world.told("last_reminder")) == 1


def test_reminders_move_with_the_start(world: World) -> None:
    event = world.announced()
    world.say(1, "going", event)
    world.clock(STARTS - 7 * DAY + HOUR)
    assert len(world.notices("reminder")) == 1
    world.send()
    later = STARTS + 30 * DAY
    world.change(event, starts_at=later, ends_at=later + HOUR)
    world.clock(STARTS)
    assert len(world.notices("reminder")) == 1
    world.clock(later)
    old, at = int(STARTS.timestamp()), int(later.timestamp())
    assert {each[0] for each in world.notices("reminder")} == {f"7d@{old}", f"7d@{at}", f"1d@{at}"}
    assert world.notices("last_reminder") == [(f"1h@{at}", 1, "queued")]


def test_reminder_just_given_is_not_repeated_after_a_small_change(world: World) -> None:
    event = world.announced()
    world.say(1, "going", event)
    world.clock(STARTS - DAY + HOUR)
    assert len(world.notices("reminder")) == 2
    world.send()
    world.change(event, starts_at=STARTS + 4 * HOUR, ends_at=STARTS + 6 * HOUR)
    world.clock(STARTS + 4 * HOUR)
    assert len(world.notices("reminder")) == 2
    assert len(world.notices("last_reminder")) == 1


def test_reminder_not_sent_yet_is_called_off_by_a_change(world: World) -> None:
    event = world.announced()
    world.say(1, "going", event)
    world.clock(STARTS - DAY)
    world.change(event, starts_at=STARTS + DAY, ends_at=STARTS + DAY + HOUR)
    assert {state for _, _, state in world.notices("reminder")} == {"cancelled"}


def test_change_reaches_everybody_concerned(world: World) -> None:
    for number in (4, 5, 6):
        person(world.tx, number)
    event = world.announced(capacity=1)
    for number in (1, 2, 3):
        world.say(number, "going", event)
    world.say(1, "no", event)  # 2 is offered the place, 3 waits
    world.say(4, "maybe", event)
    changed = world.change(event, place={"en": "Elsewhere"})
    assert changed.told == 3
    assert changed.names == {"place"}
    world.clock()
    assert world.notices("change") == [
        ("s1p", 2, "queued"), ("s1p", 3, "queued"), ("s1p", 4, "queued"),
    ]  # fmt: skip
    assert (world.fresh(event).sequence, world.fresh(event).note) == (1, {"en": "!"})


@pytest.mark.parametrize(
    ("before", "moved", "sent"),
    [
        (timedelta(days=2), 0, False),  # in the morning is soon enough
        (timedelta(hours=10), 0, True),  # it begins when people get up
        (timedelta(hours=10), 96, True),  # it would have: they must not set out
        (timedelta(hours=13), 0, False),
    ],
)
def test_change_at_night_waits_unless_the_event_is_near(
    world: World, before: timedelta, moved: int, sent: bool
) -> None:
    event = world.announced()
    world.say(1, "going", event)
    world.clock()
    world.send()
    world.now = datetime.fromisoformat("2026-11-20T22:30:00+01:00")
    events.update(
        world.tx, event.id, {"starts_at": world.now + before, "ends_at": world.now + before + HOUR}
    )
    starts = world.now + before + moved * HOUR
    world.change(event, starts_at=starts, ends_at=starts + HOUR, place={"en": "Elsewhere"})
    world.clock()
    assert [each.kind for each in world.claim()] == ["change"] * sent
    if not sent:
        world.now = datetime.fromisoformat("2026-11-21T09:00:00+01:00")
        assert [each.kind for each in world.claim()] == ["change"]


def test_cancellation_and_offer_at_night_go_before_it_is_too_late(world: World) -> None:
    event = world.announced(capacity=1)
    for number in (1, 2):
        world.say(number, "going", event)
    world.clock()
    world.send()
    night = world.now = datetime.fromisoformat("2026-11-20T22:30:00+01:00")
    early = night + 10 * HOUR
    events.update(world.tx, event.id, {"starts_at": early, "ends_at": early + HOUR})
    world.say(1, "no", event)
    world.clock()
    assert [(each.kind, each.reader.person) for each in world.claim() if each.reader] == [
        ("offer", 2)
    ]
    world.say(2, "going", event, None)
    life.cancel(world.tx, event.id, world.actor, world.now)
    world.clock()
    assert [each.kind for each in world.claim()] == ["cancellation"]


def test_second_change_says_what_the_first_could_not(world: World) -> None:
    event = world.announced()
    world.say(1, "going", event)
    world.say(2, "going", event)
    world.change(event, place={"en": "Elsewhere"})
    world.clock()
    world.change(event, link="https://example.org/x")
    world.clock()
    assert world.notices("change") == [
        ("s1p", 1, "cancelled"), ("s1p", 2, "cancelled"),
        ("s2pl", 1, "queued"), ("s2pl", 2, "queued"),
    ]  # fmt: skip
    world.send()
    world.change(event, starts_at=STARTS + HOUR)
    world.change(event, place={"en": "Back"})
    world.clock()
    assert [each[0] for each in world.notices("change")][-2:] == ["s4tp", "s4tp"]


@pytest.mark.parametrize(
    "values",
    [{"title": {"en": "Breakfast"}}, {"capacity": 5}, {"audience": "language:sk"}, {"guests": 1}],
)
def test_change_of_what_nobody_needs_to_know_is_not_told(
    world: World, values: dict[str, Any]
) -> None:
    event = world.announced()
    world.say(1, "going", event)
    world.send()
    changed = world.change(event, **values)
    assert (changed.told, changed.event.sequence) == (0, 0)
    world.clock()
    assert world.told("change") == []


def test_larger_room_is_offered_to_the_line(world: World) -> None:
    event = world.announced(capacity=1)
    for number in (1, 2, 3):
        world.say(number, "going", event)
    world.change(event, capacity=2)
    world.clock()
    assert world.told("offer") == [2]


def test_much_larger_room_is_offered_in_several_goes(world: World) -> None:
    for number in range(4, 260):
        person(world.tx, number)
    event = world.announced(capacity=1)
    for number in range(1, 255):
        world.say(number, "going", event)
    world.change(event, capacity=240)
    assert len(events.offered(world.tx, event.id)) == line.AT_ONCE
    # Who comes meanwhile does not get in before those in line.
    assert world.say(255, "going", event) == "waiting"
    world.clock(world.now + timedelta(minutes=1))
    offered = [row.person_id for row in events.offered(world.tx, event.id)]
    assert offered == list(range(2, 241))


def test_later_deadline_opens_the_answers_again(world: World) -> None:
    event = world.announced(rsvp_until=NOW + DAY)
    world.clock(NOW + 2 * DAY)
    assert world.fresh(event).status == "closed"
    world.change(event, rsvp_until=NOW + 5 * DAY)
    assert world.fresh(event).status == "announced"
    person(world.tx, 9)
    world.clock(NOW + 3 * DAY)
    assert 9 in world.told("invitation")
    world.clock(NOW + 5 * DAY)
    assert world.fresh(event).status == "closed"


def test_event_cannot_be_moved_into_the_past(world: World) -> None:
    event = world.announced()
    with pytest.raises(WrongState, match="begun already"):
        world.change(event, starts_at=NOW - HOUR)
    with pytest.raises(WrongState, match="key"):
        world.change(event, key="lunch")


def test_cancelled_event_tells_those_concerned_and_nobody_else(world: World) -> None:
    for number in (4, 5):
        person(world.tx, number)
    event = world.announced(capacity=1)
    world.clock()
    for number in (1, 2, 3):
        world.say(number, "going", event)
    world.say(1, "no", event)
    world.say(4, "maybe", event)
    world.clock()
    assert world.told("offer") == [2]
    changed = life.cancel(world.tx, event.id, world.actor, world.now, {"en": "Sorry"})
    assert changed.told == 3
    done = world.clock(STARTS + 30 * DAY)
    assert world.notices("cancellation") == [
        ("s1", 2, "queued"), ("s1", 3, "queued"), ("s1", 4, "queued"),
    ]  # fmt: skip
    assert {state for _, _, state in world.notices("invitation")} == {"cancelled"}
    assert {state for _, _, state in world.notices("offer")} == {"cancelled"}
    assert events.offered(world.tx, event.id) == []
    assert set(done) == {
        "event.cancel done", "event.sweep done", "event.sweep open", "event.offer done",
    }  # fmt: skip
    row = world.fresh(event)
    assert (row.status, row.sequence, row.note) == ("cancelled", 1, {"en": "Sorry"})


def test_cancelled_draft_is_nobodys_business(world: World) -> None:
    event = world.create()
    assert life.cancel(world.tx, event.id, world.actor, NOW).told == 0
    world.clock(STARTS)
    assert world.told("cancellation") == []


def test_closing_calls_unsent_invitations_off(world: World) -> None:
    event = world.announced()
    world.clock()
    life.close(world.tx, event.id, world.actor, world.now)
    world.clock(world.now + 3 * HOUR)
    assert {state for _, _, state in world.notices("invitation")} == {"cancelled"}
    assert world.say(1, "going", event) is None


def test_event_is_over_and_says_thanks_and_asks_once_more(world: World) -> None:
    event = world.announced()
    world.say(1, "going", event)
    world.say(2, "going", event)
    world.say(3, "maybe", event)
    world.clock(STARTS + 2 * HOUR)
    assert world.fresh(event).status == "over"
    assert world.told("thanks") == []
    world.clock(STARTS + 4 * HOUR)
    assert world.told("thanks") == [1, 2]
    survey = expats().feedback
    assert survey is not None
    world.tx.run(sql("UPDATE person SET persona = 'expat'"))
    world.tx.run(
        sql(
            "INSERT INTO answer (person_id, survey, round, question, value, answered_at)"
            " VALUES (1, :survey, 'brunch', 'score', '5', :at)"
        ),
        survey=survey.key,
        at=moment(world.now),
    )
    world.clock(STARTS + 4 * HOUR + 2 * DAY)
    assert world.told("feedback_reminder") == [2]


def test_only_who_was_there_is_thanked_where_somebody_was_checked_in(world: World) -> None:
    event = world.announced()
    for number in (1, 2):
        world.say(number, "going", event)
    world.clock(STARTS)
    assert checkin.by_code(world.tx, event.code, 1, STARTS).outcome == "in"
    assert checkin.by_code(world.tx, event.code, 3, STARTS).outcome == "in"
    world.clock(STARTS + 5 * HOUR)
    assert world.told("thanks") == [1, 3]


def test_offer_is_told_and_lapses_kindly(world: World) -> None:
    event = world.announced(capacity=1)
    for number in (1, 2, 3):
        world.say(number, "going", event)
    world.say(1, "no", event)
    offered = world.now
    world.clock()
    assert world.told("offer") == [2]
    world.send()
    world.clock(offered + DAY)
    stamp = int(offered.timestamp() * 1000)
    again = int((offered + DAY).timestamp() * 1000)
    assert world.notices("offer") == [
        (f"o{stamp}", 2, "sent"), (f"o{again}", 3, "queued"), (f"x{stamp}", 2, "queued"),
    ]  # fmt: skip
    states = {each.person_id: each.state for each in _answers(world, event)}
    assert states == {1: "no", 2: "no", 3: "offered"}


def test_offer_that_nobody_could_send_is_made_once_more(world: World) -> None:
    event = world.announced(capacity=1)
    for number in (1, 2):
        world.say(number, "going", event)
    world.say(1, "no", event)
    world.clock()
    world.tx.run(EXPIRED)
    world.clock(world.now + DAY)
    assert [each[2] for each in world.notices("offer")] == ["queued"]
    assert _answers(world, event)[1].state == "offered"
    world.tx.run(EXPIRED)
    world.clock(world.now + 3 * DAY)
    assert _answers(world, event)[1].state == "no"
    assert [each[2] for each in world.notices("offer")] == ["expired"]


def test_offer_ends_with_an_earlier_start(world: World) -> None:
    event = world.announced(capacity=1)
    for number in (1, 2):
        world.say(number, "going", event)
    world.say(1, "no", event)
    world.clock()
    sooner = world.now + 5 * HOUR
    world.change(event, starts_at=sooner, ends_at=sooner + HOUR)
    assert _answers(world, event)[1].offered_until == sooner


def test_offer_for_more_guests_than_are_allowed_now_can_be_taken(world: World) -> None:
    event = world.announced(capacity=3, guests=2)
    world.say(1, "going", event, 2)
    world.say(2, "going", event, 2)
    world.say(1, "no", event)
    world.change(event, guests=1)
    assert world.say(2, "going", event, None) == "going"
    assert _answers(world, event)[1].guests == 1


def test_offer_that_was_taken_does_not_lapse(world: World) -> None:
    event = world.announced(capacity=1)
    for number in (1, 2):
        world.say(number, "going", event)
    world.say(1, "no", event)
    world.clock()
    assert world.say(2, "going", event, None) == "going"
    world.clock(world.now + 3 * DAY)
    assert _answers(world, event)[1].state == "going"
    assert [each[2] for each in world.notices("offer")] == ["cancelled"]


def test_place_of_somebody_who_was_erased_is_offered(world: World) -> None:
    event = world.announced(capacity=1)
    for number in (1, 2):
        world.say(number, "going", event)
    world.tx.run(sql("DELETE FROM person WHERE id = 1"))
    world.clock(world.now + HOUR)
    assert world.told("offer") == [2]


def test_down_over_all_reminders_gives_none_too_late(world: World) -> None:
    event = world.announced()
    world.say(1, "going", event)
    world.clock()
    world.now = STARTS + timedelta(minutes=1)
    while tick(world.tx, HANDLERS, Context(world.now, expats(), CHANNELS)) is not None:
        pass
    assert world.told("reminder") == world.told("last_reminder") == []
    states = {t.state for t in tasks.of(world.tx, schedule.subject(event.id), schedule.REMIND)}
    assert states == {"expired"}


def test_six_hours_down_gives_the_late_reminder_once(world: World) -> None:
    event = world.announced()
    world.say(1, "going", event)
    world.clock(STARTS - DAY - HOUR)
    world.send()
    world.now = STARTS - DAY + 5 * HOUR
    while tick(world.tx, HANDLERS, Context(world.now, expats(), CHANNELS)) is not None:
        pass
    assert [state for _, _, state in world.notices("reminder")] == ["queued", "sent"]


def test_what_staff_do_is_noted_and_others_may_not(world: World) -> None:
    viewer = Actor(7, "Vera", {"cike": "viewer", "bsc_kranj": "admin"})
    event = world.announced()
    with pytest.raises(NotAllowed):
        life.create(world.tx, replace(BRUNCH, key="b"), viewer, NOW)
    with pytest.raises(NotAllowed):
        life.announce(world.tx, event.id, viewer, NOW, expats())
    with pytest.raises(NotAllowed):
        life.cancel(world.tx, event.id, viewer, NOW)
    with pytest.raises(NotAllowed):
        life.close(world.tx, event.id, viewer, NOW)
    with pytest.raises(NotAllowed):
        life.change(world.tx, event.id, BRUNCH, viewer, NOW, expats())
    own = Actor(8, "Kaja", {"cike": "coordinator"})
    details = replace(BRUNCH, organisation="bsc_kranj")
    with pytest.raises(NotAllowed):
        life.change(world.tx, event.id, details, own, NOW, expats())
    world.change(event, capacity=4)
    life.cancel(world.tx, event.id, own, NOW)
    noted = list(staff_log.all_of(world.tx, staff_log.Wanted()))
    assert [(each.action, each.subject, each.organisation) for each in reversed(noted)] == [
        ("event.create", "event:brunch", "cike"),
        ("event.announce", "event:brunch", "cike"),
        ("event.change", "event:brunch", "cike"),
        ("event.cancel", "event:brunch", "cike"),
    ]


@pytest.mark.parametrize("status", ["over", "cancelled"])
def test_what_is_over_stays_over(world: World, status: str) -> None:
    event = world.create()
    events.update(world.tx, event.id, {"status": status})
    with pytest.raises(WrongState, match=f"brunch is {status}"):
        life.announce(world.tx, event.id, world.actor, NOW, expats())
    with pytest.raises(WrongState, match=f"brunch is {status}"):
        life.cancel(world.tx, event.id, world.actor, NOW)
    with pytest.raises(WrongState, match=f"brunch is {status}"):
        life.close(world.tx, event.id, world.actor, NOW)
    with pytest.raises(WrongState, match=f"brunch is {status}"):
        world.change(event, capacity=3)


def _answers(world: World, event: EventRow) -> list[events.RsvpRow]:
    found = events.rsvps(world.tx, [(event.id, number) for number in range(1, 20)])
    return sorted(found.values(), key=lambda row: row.person_id)
