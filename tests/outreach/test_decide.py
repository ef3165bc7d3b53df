"""Whether a message goes now, for any message, person and moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach import hours
from outreach.deciding import SEND, Decision, Later, Never, Rules, Send, decide
from outreach.kinds import KINDS, Lane
from outreach.mentoring import wanted
from storage.deliveries import Candidate
from storage.mentoring.telling import Standing
from storage.states import MATCH_STATES
from tests.examples import examples
from tests.outreach.candidates import (
    ANEW,
    BEFORE_ERASURE,
    LEFT,
    MOMENTS,
    PAIRS,
    ZONES,
    candidate,
    hour,
    messages,
    ready,
    there,
)
from tests.outreach.sending import NOON, RULES

WEEK = timedelta(days=7)
MANY = settings(max_examples=examples(200))  # only some of them are sent, wait, or never go
AT_NIGHT = {"change", "cancellation", "offer", "meeting_set"}
"""What comes at night rather than too late: news of what is about to begin."""


def seen_just_now(row: Candidate, now: datetime) -> bool:
    """Whoever has just said yes sees to whom, at any hour."""
    seen = row.standing.seen_at if row.standing else None
    return row.kind == "introduction" and seen is not None and now - seen < timedelta(minutes=15)


def any_hour(row: Candidate, now: datetime) -> bool:
    urgent = row.kind in AT_NIGHT and row.variant.endswith("u")
    return not KINDS[row.kind].quiet or urgent or seen_just_now(row, now)


def consents(row: Candidate) -> bool:
    """To what the kind needs; what comes from the other organisation needs sharing too."""
    match KINDS[row.kind].consent:
        case None:
            return True
        case "mentoring":
            return row.standing is not None and row.standing.consent
        case "invitations":
            own = row.source_organisation in (None, row.organisation)
            return bool(row.invitations and (own or row.sharing))
        case purpose:
            raise AssertionError(f"no rule is known for {purpose}")


def test_replies_go_first_and_broadcasts_last() -> None:
    assert [lane.name for lane in sorted(Lane)] == ["REPLY", "SERVICE", "INVITATION", "BROADCAST"]


@MANY
@given(messages())
def test_what_is_sent_may_be_sent(case: tuple[Candidate, datetime]) -> None:
    """Each condition in its own words, for every kind as the table of kinds has it."""
    row, now = case
    if not isinstance(decide(row, now, RULES), Send):
        return
    kind = KINDS[row.kind]
    assert row.expires_at is None or now < row.expires_at
    if row.person is None:
        return
    assert row.identity_status == "ok"
    assert consents(row)
    if kind.pause:
        assert row.paused_until is not None or row.person_status != "paused"
        assert row.paused_until is None or now.astimezone(there(row)).date() >= row.paused_until
    if kind.budget and row.full_since:
        assert now - row.full_since >= WEEK
    if kind.talk and row.talked_at:
        assert now - row.talked_at >= timedelta(minutes=15)
    if not any_hour(row, now) and not 9 <= hour(now, row) < 20:
        assert row.kind in AT_NIGHT
        assert row.expires_at is not None
        assert row.expires_at <= hours.next_decent(now, there(row), 9, 20)
    if row.kind == "broadcast":
        assert row.broadcast_status == "sending"
    if row.kind == "reminder":
        assert row.event_status in ("announced", "closed")
        assert row.rsvp in ("going", "maybe")


@MANY
@given(messages())
def test_what_waits_is_looked_at_later_and_before_it_expires(
    case: tuple[Candidate, datetime],
) -> None:
    row, now = case
    decision = decide(row, now, RULES)
    if not isinstance(decision, Later):
        return
    assert decision.until > now
    assert row.expires_at is None or decision.until <= row.expires_at
    if decision.reason != "talking" and decision.until != row.expires_at and KINDS[row.kind].quiet:
        assert 9 <= hour(decision.until, row) < 20


@MANY
@given(messages(), st.floats(0, 1, exclude_max=True))
def test_what_waits_could_not_have_gone_sooner(
    case: tuple[Candidate, datetime], part: float
) -> None:
    row, now = case
    decision = decide(row, now, RULES)
    if not isinstance(decision, Later) or row.kind in AT_NIGHT:
        return
    between = min(now + (decision.until - now) * part, decision.until - datetime.resolution)
    assert not isinstance(decide(row, between, RULES), Send)


@MANY
@given(messages(), st.floats(0, 1))
def test_what_never_goes_could_not_have_gone_later(
    case: tuple[Candidate, datetime], part: float
) -> None:
    row, now = case
    if not isinstance(decide(row, now, RULES), Never):
        return
    end = row.expires_at if row.expires_at and row.expires_at > now else now + 2 * WEEK
    then = now + (end - now) * part
    assert not isinstance(decide(row, then, RULES), Send)


@MANY
@given(messages())
def test_waiting_comes_to_an_end(case: tuple[Candidate, datetime]) -> None:
    row, now = case
    if row.person_status == "paused" and row.paused_until is None:
        row = row._replace(paused_until=now.date() + WEEK)  # a pause without an end has none
    reasons = []
    while isinstance(decision := decide(row, now, RULES), Later):
        reasons.append(decision.reason)
        now = decision.until
        assert len(reasons) <= 4, reasons
    assert isinstance(decision, Send | Never)


@MANY
@given(messages())
def test_who_withdraws_gets_nothing_unasked(case: tuple[Candidate, datetime]) -> None:
    row, now = case
    if KINDS[row.kind].consent:
        withdrawn = row._replace(
            invitations=False, standing=row.standing and replace(row.standing, consent=False)
        )
        assert isinstance(decide(withdrawn, now, RULES), Never)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        # The night of 28 to 29 March 2026 has no 02:30 in Bratislava; 25 October has it twice.
        ("2026-03-28T19:00+00:00", "2026-03-29T07:00+00:00"),
        ("2026-03-29T00:30+00:00", "2026-03-29T07:00+00:00"),
        ("2026-03-29T01:30+00:00", "2026-03-29T07:00+00:00"),
        ("2026-10-24T18:00+00:00", "2026-10-25T08:00+00:00"),
        ("2026-10-25T00:30+00:00", "2026-10-25T08:00+00:00"),
        ("2026-10-25T01:30+00:00", "2026-10-25T08:00+00:00"),
    ],
)
def test_the_morning_after_a_clock_change_is_at_nine(now: str, until: str) -> None:
    decision = decide(candidate(), datetime.fromisoformat(now), RULES)
    assert decision == Later(datetime.fromisoformat(until), "quiet hours")


@pytest.mark.parametrize("hour", range(24))
def test_messages_arrive_between_nine_and_twenty(hour: int) -> None:
    now = datetime(2026, 11, 23, hour, 0, tzinfo=UTC)
    decision = decide(candidate(timezone="UTC"), now, RULES)
    assert isinstance(decision, Send) == (9 <= hour < 20)


def test_a_pause_without_an_end_waits_until_the_message_expires() -> None:
    row = candidate(person_status="paused", expires_at=NOON + timedelta(days=3))
    assert decide(row, NOON, RULES) == Later(NOON + timedelta(days=3), "paused")
    assert decide(row, NOON + timedelta(days=3), RULES) == Never("expired", "paused")


def test_a_talk_in_the_evening_ends_before_the_night_is_looked_at() -> None:
    evening = datetime(2026, 11, 23, 18, 55, tzinfo=UTC)  # 19:55 in Bratislava
    row = candidate(talked_at=evening, expires_at=evening + timedelta(hours=9))
    end = evening + timedelta(minutes=15)
    assert decide(row, evening, RULES) == Later(end, "talking")
    assert decide(row, end, RULES) == Never("expired", "quiet hours")


def test_a_pause_ends_at_midnight_where_the_reader_is() -> None:
    row = candidate(paused_until=date(2026, 11, 24), timezone="America/New_York")
    assert decide(row, NOON, RULES) == Later(datetime(2026, 11, 24, 14, tzinfo=UTC), "paused")


def test_a_pause_is_over_at_the_stroke_of_midnight() -> None:
    row = ready("last_reminder", paused_until=date(2026, 11, 24))
    midnight = datetime(2026, 11, 23, 23, tzinfo=UTC)  # in Bratislava
    assert decide(row, midnight - datetime.resolution, RULES) == Later(midnight, "paused")
    assert decide(row, midnight, RULES) == SEND


def test_any_hour_is_decent_where_the_blueprint_says_so() -> None:
    rules = replace(RULES, begins=0, ends=24)
    midnight = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert isinstance(decide(candidate(), midnight, rules), Send)


@pytest.mark.parametrize("kind", sorted(PAIRS))
def test_every_kind_about_a_pair_can_be_sent_in_some_state(kind: str) -> None:
    """To one of the two at least; to nobody without their consent, or who is neither."""
    sent = set()
    for state, side in product(MATCH_STATES, ("mentor", "mentee", None)):
        standing = Standing(
            consent=True, state=state, side=side, meetings=0 if state == "introduced" else 1,
            suggested_by="mentee" if side == "mentor" else "mentor", suggested_at=NOON,
            meeting_at=NOON, request_status="open", break_until=date(2027, 1, 1),
            break_reason="silent",
        )  # fmt: skip
        row = candidate(
            kind=kind, lane=int(KINDS[kind].lane), broadcast=None, match=1, standing=standing,
            source_organisation=None,
        )  # fmt: skip
        decided = decide(row, NOON, RULES)
        if isinstance(decided, Send):
            sent.add((state, side))
            unwilling = row._replace(standing=replace(standing, consent=False))
            never = isinstance(decide(unwilling, NOON, RULES), Never)
            assert never == (KINDS[kind].consent is not None)
    asks = {"mentor_ask": "mentor", "mentee_ask": "mentee"}
    if kind in asks:
        assert sent == {(f"asked_{asks[kind]}", asks[kind])}
    if kind in wanted.STATES:
        # "Did you meet?" has variants; without one it is asked of those who have not yet.
        meant = {"introduced"} if kind == "meet_nudge" else wanted.STATES[kind]
        assert {state for state, _ in sent} == meant
        assert None not in {side for _, side in sent}
    assert sent


def test_who_takes_part_no_more_hears_only_that_it_has_ended() -> None:
    heard = set()
    for kind in PAIRS:
        row = ready(kind)
        assert row.standing is not None
        withdrawn = row._replace(standing=replace(row.standing, consent=False))
        if decide(withdrawn, NOON, RULES) == SEND:
            heard.add(kind)
    assert heard == {"match_ended"}


def test_lanes_are_the_numbers_that_statements_compare_with() -> None:
    """Stored with each message: what is above 0 is held in an old backup, above 1 nobody asked."""
    assert {lane.name: int(lane) for lane in Lane} == {
        "REPLY": 0, "SERVICE": 1, "INVITATION": 2, "BROADCAST": 3,
    }  # fmt: skip


UNASKED = {"broadcast", "invitation", "away", "feedback_reminder", *ANEW, *LEFT}
NUDGES = {"meet_nudge", "check_first", "check_midway", "check_end"}
IN_PLACE = {"correction", "withdrawal"}  # of what was sent before
BY_STAFF = {"test", "post", "staff_reply"}
TO_STAFF = "staff_notice"
AWAITED = {"link"}  # whoever it is to waits for it
NEWS = {"change", "cancellation"}
EVENTS = {
    *("invitation", "away", "feedback_reminder", "offer", "reminder", "last_reminder", "thanks"),
    *NEWS,
}
IN_A_TALK = {"last_reminder", "away", *IN_PLACE, *BY_STAFF, *AWAITED}
ANY_HOUR = {*IN_A_TALK, TO_STAFF} - {"away"}
NIGHT = datetime(2026, 11, 23, 22, tzinfo=UTC)  # 23:00 in Bratislava
DAWN = datetime(2026, 11, 24, 7, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 8, tzinfo=UTC)  # 09:00 in Bratislava
NOBODY = {"person": None, "person_status": None, "identity_status": None, "standing": None}
Change = dict[str, Any]


def going(change: Change, now: datetime = NOON) -> set[str]:
    """Kinds of messages that go although this is so."""
    rows = [ready(kind)._replace(**change) for kind in KINDS]
    return {row.kind for row in rows if decide(row, now, RULES) == SEND}


def test_every_kind_can_be_sent() -> None:
    """In the middle of the day, to somebody who wants everything and answered."""
    assert going({}) == set(KINDS)


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({"person_status": "paused"},
         {*NEWS, "match_ended", TO_STAFF, *IN_PLACE, *BY_STAFF, *AWAITED, *BEFORE_ERASURE}),
        ({"paused_until": date(2026, 11, 24)},
         {*NEWS, "match_ended", TO_STAFF, *IN_PLACE, *BY_STAFF, *AWAITED, *BEFORE_ERASURE}),
        ({"joined_to": 5, "joined_until": NOON + datetime.resolution}, AWAITED),
        ({"joined_to": 5, "joined_until": NOON}, set(KINDS)),
        ({"joined_until": NOON + datetime.resolution}, set(KINDS)),
        ({"paused_until": date(2026, 11, 23)}, set(KINDS)),
        ({"full_since": NOON - timedelta(days=6)}, set(KINDS) - UNASKED - NUDGES),
        ({"full_since": NOON - timedelta(days=7)}, set(KINDS)),
        ({"talked_at": NOON - timedelta(minutes=14)}, {*IN_A_TALK, *NEWS}),
        ({"talked_at": NOON - timedelta(minutes=15)}, set(KINDS)),
        ({"invitations": False}, set(KINDS) - UNASKED | LEFT),
        ({"organisation": "bsc"}, set(KINDS) - UNASKED | LEFT),
        ({"organisation": "bsc", "sharing": True}, set(KINDS)),
        ({"organisation": "bsc", "source_organisation": None}, set(KINDS)),
        ({"identity_status": "unreachable"}, set()),
        ({"identity_status": None}, set()),
        ({"person_status": None}, set()),  # erased
        (NOBODY, set(KINDS) - PAIRS),
        ({"standing": None}, set(KINDS) - PAIRS),
        ({"standing": None, "match": None}, set(KINDS) - PAIRS | {"match_ended"}),
        ({"expires_at": NOON}, set()),
        ({"expires_at": NOON + datetime.resolution}, set(KINDS)),
        ({"broadcast_status": "paused"}, set(KINDS) - {"broadcast"}),
        ({"broadcast_status": "cancelled"}, set(KINDS) - {"broadcast"}),
        ({"broadcast_status": None}, set(KINDS) - {"broadcast"}),
        ({"event_status": None}, set(KINDS) - EVENTS | {"cancellation"}),
        ({"event_status": "cancelled"}, set(KINDS) - EVENTS | {"cancellation"}),
        ({"event_status": "closed", "rsvp": None},
         set(KINDS) - {"invitation", "away", "offer", "reminder", "last_reminder", *NEWS}),
        ({"event_status": "closed"}, set(KINDS) - {"invitation", "away"}),
        ({"event_status": "over"},
         set(KINDS) - EVENTS | {"cancellation", "thanks", "feedback_reminder"}),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_of_which_kinds(change: Change, kinds: set[str]) -> None:
    assert going(change) == kinds


UNDO = NOON + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("change", "expires", "decided"),
    [
        ({"joined_to": 5}, None, Later(UNDO, "joined")),
        ({"joined_to": 5}, UNDO + datetime.resolution, Later(UNDO, "joined")),
        ({"joined_to": 5}, UNDO, Send()),  # rather than too late
        ({"invitations": False}, None, Later(UNDO, "joined")),
        ({"invitations": False}, UNDO, Never("cancelled", "no consent")),
        ({"event_status": "cancelled"}, None, Never("cancelled", "event cancelled")),
    ],
)
def test_what_two_records_may_still_part_over_waits(
    change: Change, expires: datetime | None, decided: Decision
) -> None:
    """A record that was joined to another, and a consent that only one of the two had given."""
    row = ready("invitation")._replace(joined_until=UNDO, expires_at=expires, **change)
    assert decide(row, NOON, RULES) == decided


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        (None, {"invitation", "away"}),
        ("going", {"reminder", "last_reminder", *NEWS}),
        ("maybe", {"reminder", "last_reminder", *NEWS}),
        ("waiting", NEWS),
        ("offered", {"offer", "away", *NEWS}),
        ("no", set()),
    ],
)
def test_who_hears_what_of_an_event_by_their_answer(answer: str | None, kinds: set[str]) -> None:
    """Whoever waits in line or was offered a place counts on the event: news of it reach them."""
    said = EVENTS - {"thanks", "feedback_reminder"}  # these were planned for who was there
    assert going({"rsvp": answer}) & said == kinds


def test_an_offer_that_lapsed_is_told_to_who_has_no_place() -> None:
    """The news that an offer ran out: the answer is "no" by then."""
    said = EVENTS - {"thanks", "feedback_reminder"}
    assert going({"rsvp": "no", "variant": "x"}) & said == {"offer"}


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ({}, ANY_HOUR),
        ({"variant": "u"}, ANY_HOUR | AT_NIGHT),
        ({"variant": "ux"}, ANY_HOUR),
        ({"expires_at": DAWN}, ANY_HOUR | AT_NIGHT),  # it would be too late in the morning
        ({"expires_at": DAWN + timedelta(hours=2)}, ANY_HOUR),
        ({"standing": None}, ANY_HOUR),
        (NOBODY, set(KINDS) - PAIRS),  # a group has no hours
    ],
)
def test_what_goes_at_night(change: Change, kinds: set[str]) -> None:
    assert going(change, NIGHT) == kinds


@pytest.mark.parametrize(("minutes", "goes"), [(0, True), (14, True), (15, False)])
def test_who_said_yes_just_now_is_introduced_at_any_hour(minutes: int, goes: bool) -> None:
    row = ready("introduction")
    assert row.standing is not None
    seen = replace(row.standing, seen_at=NIGHT - timedelta(minutes=minutes))
    assert (decide(row._replace(standing=seen), NIGHT, RULES) == SEND) == goes
    other = ready("match_ended")
    assert other.standing is not None
    seen = replace(other.standing, seen_at=NIGHT)
    assert decide(other._replace(standing=seen), NIGHT, RULES) == Later(MORNING, "quiet hours")


def test_what_is_about_a_request_alone_goes_while_it_is_open() -> None:
    row = ready("request_unmatched", match=None, request=1)
    assert decide(row, NOON, RULES) == SEND
    closed = row._replace(standing=Standing(True, request_status="closed"))
    assert decide(closed, NOON, RULES) == Never("cancelled", "it has gone on")


@given(MOMENTS, st.sampled_from(ZONES), st.integers(0, 23), st.integers(1, 24))
def test_the_next_decent_hour_is_the_next(at: datetime, zone: str, begins: int, ends: int) -> None:
    where = ZoneInfo(zone)
    found = hours.next_decent(at, where, begins, ends)
    assert found >= at
    if begins >= ends:
        assert found == at
        return
    # Where a change skips the only decent hour (00:00 in Beirut), it is the one after it.
    assert begins <= found.astimezone(where).hour <= ends
    step = at
    while step < found:
        assert not begins <= step.astimezone(where).hour < ends
        step += timedelta(minutes=7)


def test_a_decent_hour_that_comes_twice_begins_again() -> None:
    """On the Chatham Islands clocks go back from 03:45 to 02:45: three o'clock comes twice."""
    there = ZoneInfo("Pacific/Chatham")
    for at, wait in (("02:50:00+13:45", 10), ("02:50:00+12:45", 10), ("01:50:00+13:45", 70)):
        moment = datetime.fromisoformat(f"2026-04-05T{at}").astimezone(UTC)
        found = hours.next_decent(moment, there, 3, 20)
        assert (found - moment, found.tzinfo) == (timedelta(minutes=wait), UTC), at


@pytest.mark.parametrize(
    ("at", "zone", "gone_on"),
    [
        ("2026-11-23T23:30:00+00:00", "Europe/Bratislava", True),  # the 24th has begun there
        ("2026-11-23T22:30:00+00:00", "Europe/Bratislava", False),
        ("2026-11-24T04:30:00+00:00", "America/New_York", False),  # the 23rd still
        ("2026-11-24T05:30:00+00:00", "America/New_York", True),
        ("2026-11-23T15:30:00+00:00", "Asia/Tokyo", True),
    ],
)
def test_a_mentor_s_break_ends_on_the_mentor_s_own_day(at: str, zone: str, gone_on: bool) -> None:
    standing = Standing(True, break_until=date(2026, 11, 24), break_reason="silent")
    row = ready("mentor_break", standing=standing, timezone=zone)
    found = decide(row, datetime.fromisoformat(at), RULES)
    assert (found == Never("cancelled", "it has gone on")) is gone_on


def test_a_local_time_that_is_skipped_or_comes_twice_has_one_moment() -> None:
    there = ZoneInfo("Europe/Bratislava")
    skipped = hours.local(date(2026, 3, 29), time(2, 30), there)
    assert skipped.astimezone(there).isoformat() == "2026-03-29T03:30:00+02:00"
    twice = hours.local(date(2026, 10, 25), time(2, 30), there)
    assert twice.isoformat() == "2026-10-25T00:30:00+00:00"


def test_rules_come_from_the_blueprint() -> None:
    from blueprints.load import default_path, load

    blueprint = load(default_path())
    rules = Rules.of(blueprint)
    assert (rules.budget, rules.begins, rules.ends) == (3, 9, 20)
    assert rules.zone_for("Asia/Tokyo", "cike") == "Asia/Tokyo"
    assert rules.zone_for("nonsense", "cike") == blueprint.zone("cike")
    assert rules.zone_for(None, None) == blueprint.zone(None)
