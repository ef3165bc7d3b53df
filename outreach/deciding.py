"""Whether a planned message goes now. Pure: a row with all that decides, a moment, the rules.

Consent, pause, budget, hours and the state of what a message is about are looked at when it is
sent, whatever was planned: who withdraws in the middle of a broadcast gets nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from blueprints.schema import Blueprint
from outreach import away, hours, notices, restored
from outreach.kinds import AWAY, KINDS, LINK, Kind
from outreach.mentoring.wanted import wanted
from storage.deliveries import WEEK, Candidate

# What somebody must have answered for a notice still to mean them; other kinds ask nothing.
_STILL = {
    "reminder": frozenset({"going", "maybe"}),
    "last_reminder": frozenset({"going", "maybe"}),
    "change": frozenset({"going", "maybe", "waiting", "offered"}),
    "cancellation": frozenset({"going", "maybe", "waiting", "offered"}),
    "offer": frozenset({"offered"}),
}
# What is sent at night rather than too late: an event, or a meeting, is about to begin.
_BEFORE_IT_BEGINS = frozenset({"change", "cancellation", "offer", "meeting_set"})
AWAKE = timedelta(minutes=15)  # whoever has just said yes sees at once to whom
_URGENT = "u"  # ends the variant of a notice that is sent at any hour
_LAPSED = "x"  # begins the variant of the news that an offer ran out: the answer is "no" by then
# Kinds that an event's end or cancellation does not stop.
_AFTER_ALL = frozenset(
    {"cancellation", "correction", "withdrawal", "test", "post", "staff_reply", "staff_notice"}
    | {LINK}
)
_AFTERWARDS = _AFTER_ALL | {"thanks", "feedback_reminder"}


@dataclass(frozen=True, slots=True)
class Rules:
    """What the blueprint says of writing to people. ``zones``: organisation -> IANA name; ``fine``:
    versions of the notice whose readers need not be asked again (None: all)."""

    budget: int
    begins: int
    ends: int
    talk: timedelta
    zones: Mapping[str, str]
    zone: str
    fine: frozenset[str] | None = None

    @classmethod
    def of(cls, blueprint: Blueprint, fine: frozenset[str] | None = None) -> Rules:
        """``fine``: what the database says of versions of the notice (outreach.notices)."""
        outreach = blueprint.outreach
        return cls(
            outreach.messages_a_week,
            outreach.day_begins,
            outreach.day_ends,
            timedelta(minutes=outreach.pause_minutes),
            {each.key: blueprint.zone(each.key) for each in blueprint.organisations},
            blueprint.zone(None),
            notices.fine(blueprint, fine),
        )

    def zone_for(self, timezone: str | None, organisation: str | None) -> str:
        """The zone somebody lives in: their own where it is one, else their organisation's."""
        if timezone and hours.zone(timezone):
            return timezone
        return self.zones.get(organisation or "", self.zone)


@dataclass(frozen=True, slots=True)
class Send:
    """It goes now."""


@dataclass(frozen=True, slots=True)
class Later:
    """It is looked at again then."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Never:
    """It is not sent: ``state`` expired, cancelled, failed, or held until staff say so."""

    state: str
    reason: str


Decision = Send | Later | Never
SEND = Send()
HOLD = Never("held", restored.REASON)


def decide(row: Candidate, now: datetime, rules: Rules) -> Decision:
    """Whether a message goes now. Pure; the moments are aware."""
    kind = KINDS[row.kind]
    if _rests(row, now):
        assert row.joined_until is not None  # noqa: S101 - see there
        return Later(row.joined_until, JOINED)
    ended = (
        _ended(row, kind) or _nobody(row) or _gone_on(row, now, rules) or _not_allowed(row, kind)
    )
    if ended is not None:
        return _unless_undone(row, ended, now)
    waits = _waits(row, kind, now, rules) if row.person_status is not None else None
    if row.expires_at is None:
        return waits or SEND
    if row.expires_at <= now:
        return Never("expired", waits.reason if waits else "too late")
    if waits is None:
        return SEND
    if waits.until < row.expires_at:
        return waits
    # A pause or a talk may end sooner than it seems; the budget and the clock do not.
    if waits.reason in _MAY_END:
        return Later(row.expires_at, waits.reason)
    if waits.reason == QUIET and kind.key in _BEFORE_IT_BEGINS:
        return SEND
    return Never("expired", waits.reason)


NO_CONSENT = Never("cancelled", "no consent")
JOINED = "joined"
"""What is put off until it is known whether two records stay one."""
PAUSED, OVER_BUDGET, TALKING, QUIET = "paused", "over budget", "talking", "quiet hours"
NOTICE = "asked about the notice"
"""Put off until they have answered whether they agree to what the notice says now."""
AGAIN = timedelta(days=7)  # whoever answers gets it at once (outreach.claiming.agreed)
_ASKED_FOR = frozenset(
    {"staff_reply", "staff_notice", "change", "cancellation", "offer", "test", "post", LINK}
)
"""What answers somebody, or tells them before they stand in front of a closed door."""
_MAY_END = frozenset({PAUSED, TALKING, NOTICE})


def _rests(row: Candidate, now: datetime) -> bool:
    """Whether it is about a record that was joined to another a moment ago: once that can't be
    undone any more, it is the other's. What would be too late then goes as ever."""
    return row.joined_to is not None and row.kind != LINK and _to_be_undone(row, now)


def _unless_undone(row: Candidate, ended: Never, now: datetime) -> Decision:
    """A consent that only one of two joined records had given ends nothing while that can be
    undone."""
    if ended == NO_CONSENT and _to_be_undone(row, now) and row.joined_until is not None:
        return Later(row.joined_until, JOINED)
    return ended


def _to_be_undone(row: Candidate, now: datetime) -> bool:
    until = row.joined_until
    return until is not None and until > now and (row.expires_at is None or row.expires_at > until)


def _ended(row: Candidate, kind: Kind) -> Never | None:
    """What the broadcast, the event or the person's own answer has put an end to."""
    if kind.key == "broadcast":
        if row.broadcast_status == "cancelled" or row.broadcast_status is None:
            return Never("cancelled", "broadcast cancelled")
        if row.broadcast_status == "paused":
            return Never("held", "paused")
    if kind.key == AWAY and away.settled(row):
        return Never("cancelled", "answered already")
    if row.event is None:
        return None
    if row.event_status in ("cancelled", None) and kind.key not in _AFTER_ALL:
        return Never("cancelled", "event cancelled")
    if row.event_status == "over" and kind.key not in _AFTERWARDS:
        return Never("expired", "too late")
    if kind.key == "invitation" and row.rsvp is not None:
        return Never("cancelled", "answered already")
    if kind.key in ("invitation", AWAY) and row.rsvp is None and row.event_status == "closed":
        return Never("expired", "too late")
    lapsed = kind.key == "offer" and row.variant.startswith(_LAPSED)
    if kind.key in _STILL and row.rsvp not in _STILL[kind.key] and not lapsed:
        return Never("cancelled", "answered otherwise")
    return None


def _nobody(row: Candidate) -> Never | None:
    """Whom nothing reaches."""
    if row.person is not None and row.person_status is None:
        return Never("failed", "unreachable")  # erased
    if row.person is not None and row.identity_status != "ok":
        return Never("failed", "unreachable")
    return None


def _gone_on(row: Candidate, now: datetime, rules: Rules) -> Never | None:
    """What has changed between a mentor and a mentee since."""
    if row.match is None and row.request is None:
        return None
    today = now.astimezone(hours.known(rules.zone_for(row.timezone, row.organisation))).date()
    if row.standing is None or not wanted(row.kind, row.variant, row.standing, today):
        return Never("cancelled", "it has gone on")
    return None


def _not_allowed(row: Candidate, kind: Kind) -> Never | None:
    if row.person is None:
        return None
    if kind.refusable and row.reminders is not None and not row.reminders:
        return Never("cancelled", "no consent")
    consent = away.consent(row) if kind.key == AWAY else kind.consent
    if consent is None:
        return None
    if consent == "mentoring":
        allowed = row.standing is not None and row.standing.consent
        return None if allowed else NO_CONSENT
    foreign = row.source_organisation is not None and row.source_organisation != row.organisation
    if not row.invitations or (foreign and not row.sharing):
        return NO_CONSENT
    return None


def _waits(row: Candidate, kind: Kind, now: datetime, rules: Rules) -> Later | None:
    """What a message waits for, at the reader's own time."""
    there = hours.known(rules.zone_for(row.timezone, row.organisation))
    if kind.key not in _ASKED_FOR and notices.outdated(row.notice, rules.fine):
        return Later(now + AGAIN, NOTICE)
    if kind.pause and (until := _paused(row, now, there)):
        return _later(until, PAUSED, kind, there, rules)
    if kind.budget and row.full_since is not None:
        free = row.full_since + WEEK
        if free > now:
            return _later(free, OVER_BUDGET, kind, there, rules)
    if kind.talk and row.talked_at is not None and row.talked_at + rules.talk > now:
        return Later(row.talked_at + rules.talk, TALKING)  # it may be night by then: seen then
    urgent = kind.key in _BEFORE_IT_BEGINS and row.variant.endswith(_URGENT)
    if kind.quiet and not urgent and not _awake(row, now):
        decent = hours.next_decent(now, there, rules.begins, rules.ends)
        if decent > now:
            return Later(decent, QUIET)
    return None


def _awake(row: Candidate, now: datetime) -> bool:
    """Whether somebody waits for this at any hour: they have said yes a moment ago."""
    seen = row.standing.seen_at if row.standing is not None else None
    return row.kind == "introduction" and seen is not None and now - seen < AWAKE


def _paused(row: Candidate, now: datetime, there: ZoneInfo) -> datetime | None:
    """Until when; somebody who paused without an end is looked at again in a week."""
    if row.paused_until is None:
        return now + WEEK if row.person_status == "paused" else None
    ends = hours.local(row.paused_until, time(), there)
    return ends if ends > now else None


def _later(until: datetime, reason: str, kind: Kind, there: ZoneInfo, rules: Rules) -> Later:
    """Then, or at the first decent hour after it."""
    if kind.quiet:
        until = hours.next_decent(until, there, rules.begins, rules.ends)
    return Later(until, reason)
