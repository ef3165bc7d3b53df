"""Two accounts that may be one person's: asked both, joined, taken back.

Everything happens in the caller's transaction while both records and the row are held. A code
alone joins nothing: the account that entered it is asked first, then the one that gave it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from blueprints.schema import Blueprint
from outreach.deciding import JOINED
from outreach.events import merging, rsvp
from outreach.joining.weighing import given, times, weigh
from outreach.mentoring import keeping
from storage import deliveries, facts, joinings, links, living, tasks
from storage.facts import Pieces
from storage.joinings import Held, JoiningRow
from storage.links import Code
from storage.mentoring import joining as mentoring
from storage.mentoring import matches
from storage.moments import moment
from storage.transaction import Transaction

END, SETTLE = "joining.end", "joining.settle"
"""Tasks: a question runs out; a joining can't be undone any more."""

REGISTERED = ("active", "paused")
_WORTH = {"active": 2, "paused": 2, "joining": 1}
"""How much of a record there is; of less it is the other that is kept."""
_TOGETHER = ("introduced", "met")
TOLD_FOR = timedelta(days=1)  # so long it is worth telling that nothing came of it


@dataclass(frozen=True, slots=True)
class Account:
    """One of the two, as it is shown to the other: an account's number and what it is called."""

    person: int
    identity: int
    name: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an answer. ``reason``: "" it was taken; "gone": that question is over, or is
    none of theirs; else why the two can't be joined (see :func:`refusal`). ``asked``: purposes to
    be asked for again."""

    row: JoiningRow | None
    reason: str = ""
    asked: tuple[str, ...] = ()


GONE = Outcome(None, "gone")


def refusal(tx: Transaction, first: int, second: int, now: datetime) -> str:
    """Why two records can't be joined; "" when they can. "same_platform": both are registered and
    have an account on one platform; "busy": one was joined a moment ago; "pair": they are
    mentor and mentee who know each other; "gone"."""
    held = [joinings.held(tx, each) for each in sorted({first, second})]
    if len(held) < 2 or None in held:
        return "gone"
    records = [each for each in held if each is not None]
    if any(each.joined(now) or each.joined_to is not None for each in records):
        return "busy"
    both = all(each.status in REGISTERED for each in records)
    if both and joinings.channels(tx, first) & joinings.channels(tx, second):
        return "same_platform"
    if any(row.side(second) is not None for row in matches.of_person(tx, first, _TOGETHER)):
        return "pair"
    return ""


def entered(
    tx: Transaction, code: Code, account: Account, now: datetime
) -> tuple[JoiningRow | None, str]:
    """Somebody has entered a code: the row about which they are asked now, or why not. Whatever
    either of the two was being asked before is over."""
    reason = refusal(tx, code.person, account.person, now)
    if reason:
        return None, reason
    for person in (code.person, account.person):
        for row in joinings.open_of(tx, person):
            expire(tx, row, now)
    number = joinings.new(
        tx, code.person, account.person, identity=code.identity, other_identity=account.identity,
        name=code.name, other_name=account.name, expires_at=code.expires_at, now=now,
    )  # fmt: skip
    tasks.plan(tx, END, f"joining:{number}", code.expires_at, now)
    return joinings.one(tx, number), ""


def agree(
    tx: Transaction,
    number: int,
    person: int,
    now: datetime,
    blueprint: Blueprint,
    channel: str,
) -> Outcome:
    """One of the two says that both are theirs. Of the one that entered the code it is a question
    to the other; of the one that gave it the answer. ``channel``: where it was said."""
    row = joinings.one(tx, number)
    if row is None or person not in (row.person, row.other) or row.state not in joinings.OPEN:
        return GONE
    if now > row.expires_at:
        expire(tx, row, now)
        return GONE
    if (row.state == "entered") != (person == row.other):
        return GONE
    assert row.other is not None  # noqa: S101 - until it is settled there are two
    reason = refusal(tx, row.person, row.other, now)
    if reason:
        refuse(tx, row, person, now)
        return Outcome(row, reason)
    if row.state == "entered":
        joinings.ask(tx, row)
        return Outcome(joinings.one(tx, number))
    return _join(tx, row, now, blueprint, channel)


def refuse(tx: Transaction, row: JoiningRow, person: int, now: datetime) -> None:
    """One of the two says no, or it can't be: nothing is joined, and the other is told."""
    joinings.end(tx, row, "declined", now)
    tasks.cancel(tx, f"joining:{row.id}", now)
    there = row.identity if person == row.other else row.other_identity
    joinings.tell(tx, there, now + TOLD_FOR, now, variant="declined")


def decline(tx: Transaction, number: int, person: int, now: datetime) -> Outcome:
    """One of the two says no."""
    row = joinings.one(tx, number)
    if row is None or person not in (row.person, row.other) or row.state not in joinings.OPEN:
        return GONE
    if row.state == "entered" and person != row.other:
        return GONE  # not asked yet
    refuse(tx, row, person, now)
    return Outcome(row)


def expire(tx: Transaction, row: JoiningRow, now: datetime) -> None:
    """The time for a question is over; who has said yes and waits for the other is told."""
    joinings.end(tx, row, "expired", now)
    tasks.cancel(tx, f"joining:{row.id}", now)
    if row.state == "asked":
        joinings.tell(tx, row.other_identity, now + TOLD_FOR, now, variant="expired")


def _join(
    tx: Transaction, row: JoiningRow, now: datetime, blueprint: Blueprint, channel: str
) -> Outcome:
    assert row.other is not None  # noqa: S101 - see agree
    keep, give = _kept(tx, row.person, row.other)
    before, others = facts.pieces(tx, keep), facts.pieces(tx, give)
    found = weigh(before, others, blueprint, moment(now))
    facts.write(tx, keep, before, found.after)
    until = now + timedelta(minutes=blueprint.timings.undo_minutes)
    after = facts.pieces(tx, keep)
    joinings.join(
        tx, row, keep, give, before=before, after=after, left_out=found.left_out, until=until,
        now=now,
    )  # fmt: skip
    for person in (keep, give):
        joinings.log(tx, person, True, blueprint.programme.notice_version, channel, now)
    _log_changes(tx, keep, before, after, blueprint, channel, now)
    tasks.cancel(tx, f"joining:{row.id}", now)
    tasks.plan(tx, SETTLE, f"joining:{row.id}", until, now)
    return Outcome(joinings.one(tx, row.id), asked=found.asked)


def _kept(tx: Transaction, first: int, second: int) -> tuple[int, int]:
    """The record that lives on, and the one that is joined to it: the first, unless there is more
    of the other."""
    one, other = joinings.held(tx, first), joinings.held(tx, second)
    return (second, first) if _worth(other) > _worth(one) else (first, second)


def _worth(record: Held | None) -> int:
    return _WORTH.get(record.status, 0) if record is not None else 0


def _log_changes(
    tx: Transaction,
    person: int,
    before: Pieces,
    after: Pieces,
    blueprint: Blueprint,
    channel: str,
    now: datetime,
) -> None:
    """What was consented to and is not any more, or the other way round."""
    was, is_ = given(before), given(after)
    for purpose in sorted({**was, **is_}):
        if was.get(purpose, False) != is_.get(purpose, False):
            version = blueprint.programme.notice_version
            joinings.log(
                tx, person, is_.get(purpose, False), version, channel, now, purpose=purpose
            )


def undo(
    tx: Transaction, person: int, now: datetime, blueprint: Blueprint, channel: str
) -> JoiningRow | None:
    """Part again what was joined: both records are as they were before. What was said since stays
    with the account that said it. None where there is nothing (any more) to undo."""
    row = joinings.joined_of(tx, person)
    if row is None or row.kept is None or row.given is None or now >= row.expires_at:
        return None
    joinings.held(tx, min(row.kept, row.given))
    joinings.held(tx, max(row.kept, row.given))
    said = frozenset(row.said)
    current, rested = facts.pieces(tx, row.kept), facts.pieces(tx, row.given)

    def theirs(key: str) -> bool:
        name = key.partition(".")[2]
        about = (current.get(key), current.get(f"provenance.{name}"))
        return any(each in said for each in times(about))

    back = facts.merged(current, row.before, row.after, lambda key: not theirs(key))
    moved = facts.merged(current, rested, row.after, theirs)
    moved |= {key: value for key, value in rested.items() if key not in moved}
    facts.write(tx, row.kept, current, back)
    facts.write(tx, row.given, rested, moved)
    _hand_back(tx, row, said, now)
    joinings.part(tx, row, now)
    tasks.cancel(tx, f"joining:{row.id}", now)
    version = blueprint.programme.notice_version
    for each in (row.kept, row.given):
        joinings.log(tx, each, False, version, channel, now)
        deliveries.wake(tx, each, JOINED, now)
    _log_changes(tx, row.kept, current, back, blueprint, channel, now)
    return row


def _hand_back(tx: Transaction, row: JoiningRow, said: frozenset[str], now: datetime) -> None:
    """Answers to events and what was asked of mentoring since, to the account that gave them."""
    assert row.kept is not None  # noqa: S101 - see undo
    assert row.given is not None  # noqa: S101 - it rests still
    merging.hand_back(tx, row.kept, row.given, said, now)
    mentoring.hand_back(tx, row.kept, row.given, said)


def settle(tx: Transaction, row: JoiningRow, now: datetime, blueprint: Blueprint) -> None:
    """It can't be undone any more: what the record that rested has in events, mentoring and
    messages goes over, and the record itself with that."""
    keep, give = row.kept, row.given
    assert keep is not None  # noqa: S101 - it was joined
    assert give is not None  # noqa: S101 - it rests still
    merging.merge(tx, keep, give, now, blueprint)
    if not living.consents(tx, keep).get(keeping.MENTORING):
        keeping.leave(tx, keep, now, blueprint)
    keeping.merge(tx, keep, give, now, blueprint)
    joinings.settle(tx, row, now)
    links.merge(tx, keep, give)
    deliveries.wake(tx, keep, JOINED, now)


def leave(tx: Transaction, person: int, now: datetime, blueprint: Blueprint) -> None:
    """Before somebody is erased: whoever waits for them in this is told, and so is whoever waits
    for a record that was joined to theirs."""
    for row in joinings.open_of(tx, person):
        refuse(tx, row, person, now)
    for each in joinings.resting(tx, person):
        rsvp.leave(tx, each, now, blueprint)
        keeping.leave(tx, each, now, blueprint)
