"""Which messages go now: taken in short units, each decided on by what holds at this moment
(:mod:`outreach.deciding`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from outreach import restored
from outreach.deciding import HOLD, NOTICE, PAUSED, Later, Never, Rules, Send, decide
from outreach.kinds import LINK
from outreach.reader import Reader
from outreach.sources import Sources, load
from storage import deliveries
from storage.deliveries import LANES, Candidate, Ended, PutOff, Taken
from storage.mentoring import telling
from storage.outbox import LEASE
from storage.transaction import Transaction

LOOKED_AT = 400  # messages of a lane looked at in one unit: some 20 ms
CHAT_PAUSE = timedelta(seconds=1)  # between two messages to one chat (Telegram, Slack)


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
    match: int | None = None
    request: int | None = None


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


def agreed(tx: Transaction, person: int, now: datetime) -> int:
    """Somebody has answered what the notice says now: what waited for that is looked at now."""
    return deliveries.wake(tx, person, NOTICE, now)


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
        for row in _with_standing(tx, page):
            if len(sifting.taken) == sifting.most:
                return True
            if _taken(row).chat not in sifting.chats:
                sifting.look(row)
        if len(page) < size:
            return False
        after = page[-1]
        looked += size
    return True


def _with_standing(tx: Transaction, page: list[Candidate]) -> list[Candidate]:
    """How things stand between a mentor and a mentee, for the messages that are about that."""
    pairs = [row.id for row in page if row.match is not None or row.request is not None]
    if not pairs:
        return page
    standings = telling.standings(tx, pairs)
    return [row._replace(standing=standings.get(row.id)) for row in page]


def _untold(row: Candidate) -> bool:
    """Whether staff have not said that it may go although the database is an old one."""
    return row.kind not in ("test", LINK) and row.reason != restored.RELEASED


def _taken(row: Candidate) -> Taken:
    """Where it goes: chats move after messages were planned."""
    return Taken(row.id, row.identity_chat or row.chat, row.identity_user or row.user)


def _claimed(row: Candidate, channel: str, account: str, rules: Rules) -> Claimed:
    to = _taken(row)
    return Claimed(
        row.id, channel, account, to.chat, to.user, row.lane, row.kind, row.variant, row.action,
        row.target, row.payload, row.attempts, row.broadcast, row.event, _reader(row, rules),
        row.expires_at, row.match, row.request,
    )  # fmt: skip


def _reader(row: Candidate, rules: Rules) -> Reader | None:
    if row.person is None:
        return None
    return Reader(
        row.person, row.language or "", rules.zone_for(row.timezone, row.organisation),
        row.name or "", row.city or "", row.country or "", row.organisation or "",
        row.persona or "",
    )  # fmt: skip
