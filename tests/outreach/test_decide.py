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
from outreach.deciding import Later, Never, Rules, Send, decide
from outreach.kinds import KINDS
from outreach.mentoring import wanted
from storage.deliveries import Candidate
from storage.mentoring.telling import Standing
from storage.states import MATCH_STATES
from tests.outreach.sending import NOON, RULES

WEEK = timedelta(days=7)
ZONES = (
    *("Europe/Bratislava", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"),
    *(
        "Pacific/Apia",
        "Africa/Casablanca",
        "Asia/Beirut",
        "Pacific/Chatham",
        "America/Scoresbysund",
    ),
)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=364)).map(
    lambda passed: datetime(2026, 1, 1, tzinfo=UTC) + passed
)
NEARBY = st.timedeltas(-timedelta(days=9), timedelta(days=9))
MANY = settings(max_examples=200)  # only some of them are sent, wait, or never go
MENTORING = {*wanted.STATES, "mentor_break", "request_unmatched"}
standings = st.builds(
    Standing,
    consent=st.sampled_from([True, True, True, False]),
    state=st.sampled_from([*MATCH_STATES, None]),
    side=st.sampled_from(["mentor", "mentee", None]),
    meetings=st.integers(0, 2),
    request_status=st.sampled_from(["open", "closed"]),
    break_until=st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    break_reason=st.sampled_from(["silent", None]),
)
STATES = st.sampled_from([None, "going", "maybe", "no", "waiting", "offered"])


@st.composite
def messages(draw: st.DrawFn) -> tuple[Candidate, datetime]:
    """A message and the moment at which it is looked at."""
    now = draw(MOMENTS)

    def near() -> datetime | None:
        return draw(st.none() | NEARBY.map(lambda away: now + away))

    kind = draw(st.sampled_from(sorted(KINDS)))
    about = "broadcast" if kind == "broadcast" else draw(st.sampled_from(["broadcast", "event"]))
    about = "match" if kind in MENTORING else about
    someone = kind not in ("test", "post") or draw(st.booleans())
    paused = draw(st.none() | st.integers(-2, 9).map(lambda days: now.date() + timedelta(days)))
    row = Candidate(
        id=1, person=1 if someone else None, identity=1, chat="1", user="1",
        lane=int(KINDS[kind].lane), kind=kind, variant="", action="send", target=None,
        payload=None, attempts=0, broadcast=1 if about == "broadcast" else None,
        event=1 if about == "event" else None, match=1 if about == "match" else None,
        request=None, reason=None, due_at=now, expires_at=near(),
        person_status=draw(st.sampled_from(["active", "active", "joining"])) if someone else None,
        timezone=draw(st.sampled_from([*ZONES, None, "", "Nowhere/Atall"])),
        organisation=draw(st.sampled_from(["cike", "bsc", None])),
        paused_until=paused,
        identity_status=draw(st.sampled_from(["ok", "ok", "ok", "unreachable", None])),
        invitations=draw(st.sampled_from([True, True, False])), sharing=draw(st.booleans()),
        talked_at=near(),
        broadcast_status=draw(st.sampled_from(["sending", "sending", "paused", "cancelled"])),
        event_status=draw(st.sampled_from(["announced", "closed", "over", "cancelled"])),
        source_organisation=draw(st.sampled_from(["cike", "bsc"])), rsvp=draw(STATES),
        full_since=near(), standing=draw(standings) if about == "match" else None,
    )  # fmt: skip
    if row.talked_at and row.talked_at > now:
        row = row._replace(talked_at=now)
    if row.full_since and row.full_since > now:
        row = row._replace(full_since=now)
    return row, now


def there(row: Candidate) -> ZoneInfo:
    return hours.known(RULES.zone_for(row.timezone, row.organisation))


def hour(moment: datetime, row: Candidate) -> int:
    return moment.astimezone(there(row)).hour


def at_night(row: Candidate) -> bool:
    """What comes at night rather than too late: news of an event that people come to."""
    return row.kind in ("change", "cancellation", "offer")


@MANY
@given(messages())
def test_news_of_an_event_goes_at_night_only_when_it_would_expire(
    case: tuple[Candidate, datetime],
) -> None:
    row, now = case
    if not at_night(row) or row.variant.endswith("u") or row.person is None:
        return
    if isinstance(decide(row, now, RULES), Send) and not 9 <= hour(now, row) < 20:
        assert row.expires_at is not None
        assert row.expires_at <= hours.next_decent(now, there(row), 9, 20)


@MANY
@given(messages())
def test_what_is_sent_may_be_sent(case: tuple[Candidate, datetime]) -> None:
    """Each condition in its own words."""
    row, now = case
    if not isinstance(decide(row, now, RULES), Send):
        return
    kind = KINDS[row.kind]
    assert row.expires_at is None or now < row.expires_at
    if row.person is None:
        return
    assert row.identity_status == "ok"
    if kind.consent:
        assert row.invitations
        assert row.sharing or row.organisation == row.source_organisation
    if kind.pause and row.paused_until:
        assert now.astimezone(there(row)).date() >= row.paused_until
    if kind.budget and row.full_since:
        assert now - row.full_since >= WEEK
    if kind.talk and row.talked_at:
        assert now - row.talked_at >= timedelta(minutes=15)
    if kind.quiet and not at_night(row):
        assert 9 <= hour(now, row) < 20
    if row.kind == "broadcast":
        assert row.broadcast_status == "sending"
    if row.event is not None and row.kind == "reminder":
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
    if not isinstance(decision, Later) or at_night(row):
        return
    between = now + (decision.until - now) * part
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


def candidate(**values: Any) -> Candidate:
    """A broadcast to somebody who wants it."""
    row = Candidate(
        1, 1, 1, "1", "1", 3, "broadcast", "", "send", None, None, 0, 1, None, None, None, None,
        NOON, None,
        person_status="active", timezone="Europe/Bratislava", organisation="cike",
        identity_status="ok", invitations=True, broadcast_status="sending",
        source_organisation="cike",
    )  # fmt: skip
    return row._replace(**values)


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


def test_any_hour_is_decent_where_the_blueprint_says_so() -> None:
    rules = replace(RULES, begins=0, ends=24)
    midnight = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert isinstance(decide(candidate(), midnight, rules), Send)


@pytest.mark.parametrize("kind", sorted(MENTORING))
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


@pytest.mark.parametrize("kind", sorted(set(KINDS) - MENTORING))
def test_every_kind_can_be_sent(kind: str) -> None:
    """In the middle of the day, to somebody who wants everything and answered."""
    answers = {"invitation": None, "offer": "offered"}
    row = candidate(
        kind=kind, lane=int(KINDS[kind].lane), event=1,
        event_status="cancelled" if kind == "cancellation" else "announced",
        rsvp=answers.get(kind, "going"),
    )  # fmt: skip
    assert isinstance(decide(row, NOON, RULES), Send)


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
