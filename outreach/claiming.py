"""Which messages go now: taken in short units, each decided on by what holds at this moment.

Consent, pause, budget, hours and the state of what a message is about are looked at here, when it
is sent, whatever was planned: who withdraws in the middle of a broadcast gets nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from blueprints.schema import Blueprint
from outreach import hours, restored
from outreach.kinds import KINDS, Kind
from outreach.reader import Reader
from outreach.sources import Sources, load
from storage import deliveries
from storage.deliveries import LANES, WEEK, Candidate, Ended, PutOff, Taken
from storage.outbox import LEASE
from storage.transaction import Transaction

LOOKED_AT = 400  # messages of a lane looked at in one unit: some 20 ms
CHAT_PAUSE = timedelta(seconds=1)  # between two messages to one chat (Telegram, Slack)

# What somebody must have answered for a notice still to mean them; other kinds ask nothing.
_STILL = {
    "reminder": frozenset({"going", "maybe"}),
    "last_reminder": frozenset({"going", "maybe"}),
    "change": frozenset({"going", "maybe", "waiting", "offered"}),
    "cancellation": frozenset({"going", "maybe", "waiting", "offered"}),
    "offer": frozenset({"offered"}),
}
# What is sent at night rather than too late: an event is about to begin.
_BEFORE_IT_BEGINS = frozenset({"change", "cancellation", "offer"})
_URGENT = "u"  # ends the variant of a notice that is sent at any hour
_LAPSED = "x"  # begins the variant of the news that an offer ran out: the answer is "no" by then
# Kinds that an event's end or cancellation does not stop.
_AFTER_ALL = frozenset({"cancellation", "correction", "withdrawal", "test", "post"})
_AFTERWARDS = _AFTER_ALL | {"thanks", "feedback_reminder"}


@dataclass(frozen=True, slots=True)
class Rules:
    """What the blueprint says of writing to people. ``zones``: organisation -> IANA name."""

    budget: int
    begins: int
    ends: int
    talk: timedelta
    zones: Mapping[str, str]
    zone: str

    @classmethod
    def of(cls, blueprint: Blueprint) -> Rules:
        outreach = blueprint.outreach
        return cls(
            outreach.messages_a_week,
            outreach.day_begins,
            outreach.day_ends,
            timedelta(minutes=outreach.pause_minutes),
            {each.key: blueprint.zone(each.key) for each in blueprint.organisations},
            blueprint.zone(None),
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


@dataclass(frozen=True, slots=True)
class Claimed:
    """One message to be sent now. ``attempts``: how often it was tried before. ``payload``: the
    message as it was stored; None: it is made of what it is about (see :class:`Sources`)."""

    delivery: int
    channel: str
    account: str
    chat: str
    user: str
    lane: int
    kind: str
    variant: str
    action: str
    target: str | None
    payload: str | None
    attempts: int
    broadcast: int | None
    event: int | None
    reader: Reader | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Batch:
    """``next_due``: when to ask again at the latest, ``now`` where more can go at once; None:
    nothing is planned. ``mark``: to be noted after the commit (see outreach.restored).
    ``later`` was put off and ``ended`` is not sent, by the number of the delivery."""

    claimed: tuple[Claimed, ...] = ()
    sources: Sources = field(default_factory=Sources)
    next_due: datetime | None = None
    mark: int | None = None
    later: Mapping[int, Later] = field(default_factory=dict)
    ended: tuple[Ended, ...] = ()


def claim(
    tx: Transaction,
    owner: str,
    channel: str,
    account: str,
    most: int,
    busy: frozenset[str],
    now: datetime,
    rules: Rules,
) -> Batch:
    """Take at most ``most`` messages of an account to be sent at once: notices first, then
    invitations, then broadcasts, each in the order of their times; one a chat, none for the chats
    ``busy``. They are ``sending`` from the commit on. What may not go now is put off or ended in
    the same unit."""
    sifting = _Sifting(
        now, rules, held=restored.holding(tx) is not None, chats=set(busy), most=most
    )
    with deliveries.plans_kept(tx):
        more = any(_sift(tx, sifting, channel, account, lane) for lane in LANES)
    deliveries.put_off(tx, sifting.put_off())
    deliveries.end(tx, sifting.ended)
    rows = sifting.taken
    if rows:
        deliveries.take(tx, [_taken(row) for row in rows], owner, now + LEASE, now)
    mark = restored.count(tx, channel, account, len(rows)) if rows else None
    next_due = now if more else _next_due(tx, channel, account, now)
    claimed = tuple(_claimed(row, channel, account, rules) for row in rows)
    return Batch(claimed, load(tx, rows), next_due, mark, sifting.later, tuple(sifting.ended))


def _next_due(tx: Transaction, channel: str, account: str, now: datetime) -> datetime | None:
    """When to ask again. What is due and was left waits for its chat."""
    due = deliveries.next_due(tx, channel, account)
    return due if due is None or due > now else now + CHAT_PAUSE


def release(
    tx: Transaction, delivery_ids: Iterable[int], due_at: datetime, now: datetime, tried: int = 0
) -> None:
    """Give back what was claimed and not sent; it is decided on anew, at ``due_at`` at the
    earliest. ``tried``: how many attempts were made."""
    deliveries.release(tx, delivery_ids, due_at, now, tried)


def resumed(tx: Transaction, person: int, now: datetime) -> int:
    """Somebody's pause has ended early: what waited for that is looked at now; how much it is."""
    return deliveries.wake(tx, person, PAUSED, now)


def decide(row: Candidate, now: datetime, rules: Rules) -> Decision:
    """Whether a message goes now. Pure; the moments are aware."""
    kind = KINDS[row.kind]
    ended = _ended(row, kind) or _nobody(row) or _not_allowed(row, kind)
    if ended is not None:
        return ended
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


PAUSED, OVER_BUDGET, TALKING, QUIET = "paused", "over budget", "talking", "quiet hours"
_MAY_END = frozenset({PAUSED, TALKING})


def _ended(row: Candidate, kind: Kind) -> Never | None:
    """What the broadcast, the event or the person's own answer has put an end to."""
    if kind.key == "broadcast":
        if row.broadcast_status == "cancelled" or row.broadcast_status is None:
            return Never("cancelled", "broadcast cancelled")
        if row.broadcast_status == "paused":
            return Never("held", "paused")
    if row.event is None:
        return None
    if row.event_status in ("cancelled", None) and kind.key not in _AFTER_ALL:
        return Never("cancelled", "event cancelled")
    if row.event_status == "over" and kind.key not in _AFTERWARDS:
        return Never("expired", "too late")
    if kind.key == "invitation":
        if row.rsvp is not None:
            return Never("cancelled", "answered already")
        if row.event_status == "closed":
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


def _not_allowed(row: Candidate, kind: Kind) -> Never | None:
    if row.person is None or kind.consent is None:
        return None
    foreign = row.source_organisation is not None and row.source_organisation != row.organisation
    if not row.invitations or (foreign and not row.sharing):
        return Never("cancelled", "no consent")
    return None


def _waits(row: Candidate, kind: Kind, now: datetime, rules: Rules) -> Later | None:
    """What a message waits for, at the reader's own time."""
    there = hours.known(rules.zone_for(row.timezone, row.organisation))
    if kind.pause and (until := _paused(row, now, there)):
        return _later(until, PAUSED, kind, there, rules)
    if kind.budget and row.full_since is not None:
        free = row.full_since + WEEK
        if free > now:
            return _later(free, OVER_BUDGET, kind, there, rules)
    if kind.talk and row.talked_at is not None and row.talked_at + rules.talk > now:
        return Later(row.talked_at + rules.talk, TALKING)  # it may be night by then: seen then
    urgent = kind.key in _BEFORE_IT_BEGINS and row.variant.endswith(_URGENT)
    if kind.quiet and not urgent:
        decent = hours.next_decent(now, there, rules.begins, rules.ends)
        if decent > now:
            return Later(decent, QUIET)
    return None


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


@dataclass(slots=True)
class _Sifting:
    """What one unit has found so far."""

    now: datetime
    rules: Rules
    held: bool
    chats: set[str]
    most: int
    taken: list[Candidate] = field(default_factory=list)
    later: dict[int, Later] = field(default_factory=dict)
    ended: list[Ended] = field(default_factory=list)

    def look(self, row: Candidate) -> None:
        """Sort one message in."""
        old = self.held and _untold(row)
        match HOLD if old else decide(row, self.now, self.rules):
            case Later() as later:
                self.later[row.id] = later
            case Never(state=state, reason=reason):
                self.ended.append(Ended(row.id, state, reason))
            case Send():
                self.taken.append(row)
                self.chats.add(_taken(row).chat)

    def put_off(self) -> list[PutOff]:
        return [PutOff(each, later.until, later.reason) for each, later in self.later.items()]


def _sift(tx: Transaction, sifting: _Sifting, channel: str, account: str, lane: int) -> bool:
    """Go through what is due of a lane; whether more of it may be."""
    after: Candidate | None = None
    looked = 0
    while len(sifting.taken) < sifting.most and looked < LOOKED_AT:
        # Where the first may not go, the next often may not either: larger pages from then on.
        size = deliveries.page_for(max(sifting.most - len(sifting.taken), 4 * looked))
        page = deliveries.candidates(
            tx, channel, account, lane, after, size, sifting.chats, sifting.now,
            sifting.rules.budget,
        )  # fmt: skip
        for row in page:
            if len(sifting.taken) == sifting.most:
                return True
            if _taken(row).chat not in sifting.chats:
                sifting.look(row)
        if len(page) < size:
            return False
        after = page[-1]
        looked += size
    return True


def _untold(row: Candidate) -> bool:
    """Whether staff have not said that it may go although the database is an old one."""
    return row.kind != "test" and row.reason != restored.RELEASED


def _taken(row: Candidate) -> Taken:
    """Where it goes: chats move after messages were planned."""
    return Taken(row.id, row.identity_chat or row.chat, row.identity_user or row.user)


def _claimed(row: Candidate, channel: str, account: str, rules: Rules) -> Claimed:
    to = _taken(row)
    return Claimed(
        row.id, channel, account, to.chat, to.user, row.lane, row.kind, row.variant, row.action,
        row.target, row.payload, row.attempts, row.broadcast, row.event, _reader(row, rules),
        row.expires_at,
    )  # fmt: skip


def _reader(row: Candidate, rules: Rules) -> Reader | None:
    if row.person is None:
        return None
    return Reader(
        row.person, row.language or "", rules.zone_for(row.timezone, row.organisation),
        row.name or "", row.city or "", row.country or "", row.organisation or "",
        row.persona or "",
    )  # fmt: skip
