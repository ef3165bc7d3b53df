"""What the clock does around pairs and requests: the handlers of the tasks that
:mod:`outreach.mentoring.plans` names.

A question is planned for both of a pair in the transaction of its task, so each is asked once,
however often a program dies; whether it still makes sense is seen when it is sent. What changes a
match holds it first, and comes back in a moment where somebody else does: whoever holds a match
may be about to call this very task off, and would wait for us as we for them.
"""

from __future__ import annotations

import time as stopwatch
from datetime import datetime, timedelta

from outreach.clock import Again, Context, Done, Handler, Outcome
from outreach.deciding import Rules
from outreach.mentoring import life, moving, plans
from outreach.planning import SLICE_SECONDS, At, Planned, plan_one
from storage import tasks
from storage.mentoring import matches, requests, telling
from storage.mentoring.matches import MatchRow
from storage.tasks import TaskRow
from storage.transaction import Transaction

TOGETHER = 100  # messages told in one slice at the most
BUSY = timedelta(seconds=1)
UNSENT = timedelta(hours=6)  # until it is seen again whether the question has left
NEWS_WORTH = timedelta(days=30)  # so long news make sense that nothing else ends
NOT_BEFORE = timedelta(days=1)  # a reminder comes so long after the question
LATELY = timedelta(days=3)  # between two times that somebody is asked whether they met
LATE = "late"  # the variant of the question to those whom none had reached

FIRST, SECOND = 0, 1
"""How far letting a silent pair go has got: SECOND, once they were asked after all."""

SIDES = ("mentor", "mentee")
_CHECKS = {
    "first": plans.CHECK_FIRST,
    "midway": plans.CHECK_MIDWAY,
    "end": plans.CHECK_END,
}
_ASKS = {"mentor": plans.MENTOR_ASK, "mentee": plans.MENTEE_ASK}


def _tell(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """A message that somebody's act called for; with it others that are due, for a round asks
    thousands at once, and each commit takes its time. One that failed goes alone."""
    _told(tx, task, context)
    following = [] if task.attempts else tasks.more(tx, task, context.now, TOGETHER)
    until = stopwatch.perf_counter() + SLICE_SECONDS
    for each in following:
        if stopwatch.perf_counter() >= until:
            break
        if each.expires_at is not None and each.expires_at <= context.now:
            tasks.expired(tx, each, context.now)
        else:
            _told(tx, each, context)
            tasks.done(tx, each, context.now)
    return Done()


def _told(tx: Transaction, task: TaskRow, context: Context) -> None:
    kind, _, rest = task.variant.partition(":")
    variant, _, person = rest.rpartition(":")
    about, _, number = task.subject.partition(":")
    until = task.expires_at or context.now + NEWS_WORTH
    if about == "request":
        _plan(tx, context, int(person), kind, variant, until, request=int(number))
    else:
        _plan(tx, context, int(person), kind, variant, until, match=int(number))


def _remind(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """Once, to whoever is asked and has had the question for a while."""
    side = task.variant.partition("@")[0]
    match = matches.one(tx, task.number)
    if match is None or match.state != f"asked_{side}":
        return Done()
    person = match.person(side)
    if person is None:
        return Done()
    asked = telling.told(tx, match.id, person, _ASKS[side])
    if asked is None or asked.state in ("queued", "held"):
        return Again(task.cursor, context.now + UNSENT)  # expires with the deadline
    if asked.state not in moving.HEARD:
        return Done()  # there is nothing to be reminded of
    if asked.sent_at is not None and context.now - asked.sent_at < NOT_BEFORE:
        return Again(task.cursor, asked.sent_at + NOT_BEFORE)
    until = match.deadline or context.now + plans.WORTH
    _plan(tx, context, person, plans.ASK_REMINDER, "", until, match=match.id)
    return Done()


def _lapse(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    match = matches.locked_at_once(tx, task.number)
    if match is None:
        return _soon(tx, task, context)
    life.lapse(tx, match, context.now, context.blueprint)
    return Done()


def _nudge(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """Did you meet? So many days after the introduction."""
    match = matches.one(tx, task.number)
    if match is not None and match.state == "introduced":
        meant = [side for side in SIDES if not _asked_lately(tx, match, side, context)]
        for side in meant:
            _ask(tx, context, match, side, plans.MEET_NUDGE, task.variant, _until(task, context))
    return Done()


def _asked_lately(tx: Transaction, match: MatchRow, side: str, context: Context) -> bool:
    """Whether somebody was asked the same a moment ago, after a date or late."""
    person = match.person(side)
    if person is None:
        return True
    reached = telling.reached_at(tx, match.id, person, plans.MEET_NUDGE)
    return reached is not None and context.now - reached < LATELY


def _after(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """Did you meet? After the time that both had agreed to."""
    match = matches.one(tx, task.number)
    if match is None or match.meeting_at is None:
        return Done()
    variant = plans.at(match.meeting_at)
    if variant == f"@{task.variant}":
        _both(tx, context, match, plans.MEET_NUDGE, f"after{variant}", _until(task, context))
    return Done()


def _again(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """Have you met again?"""
    match = matches.one(tx, task.number)
    if match is not None and match.state == "met" and str(match.meetings) == task.variant:
        until = _until(task, context)
        _both(tx, context, match, plans.MEET_NUDGE, f"again@{task.variant}", until)
    return Done()


def _check(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    match = matches.one(tx, task.number)
    if match is not None and match.state == "met":
        _both(tx, context, match, _CHECKS[task.variant], "", _until(task, context))
    return Done()


def _quiet(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """Nothing is heard of them. Whom no question had reached (the bot was down) is asked first."""
    match = matches.locked_at_once(tx, task.number)
    if match is None:
        return _soon(tx, task, context)
    which = task.variant.partition("@")[0]
    if match.state not in ("introduced", "met"):
        return Done()
    wait = _time_to_answer(tx, match, which, context, first=task.cursor == FIRST)
    if wait is not None:
        return Again(SECOND, wait)
    life.quiet(tx, match, which, context.now, context.blueprint)
    return Done()


def _time_to_answer(
    tx: Transaction, match: MatchRow, which: str, context: Context, *, first: bool
) -> datetime | None:
    """Until when somebody may still answer: who said nothing because no question reached them is
    asked now (``first``), and whom it reached late has as long as any."""
    kind = plans.CHECK_END if which == "over" else plans.MEET_NUDGE
    quiet = timedelta(days=context.blueprint.mentoring.quiet_days)
    ends = []
    for side in SIDES:
        person = match.person(side)
        if person is None or (which == "silent" and not moving.silent(match, side)):
            continue
        reached = telling.reached_at(tx, match.id, person, kind)
        until = context.now + quiet
        if reached is not None:
            ends.append(reached + quiet)
        elif first and _plan(tx, context, person, kind, LATE, until, match=match.id):
            ends.append(until)
    return max((each for each in ends if each > context.now), default=None)


def _unmatched(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """An honest word to somebody who has waited for long, and again after as long."""
    request = requests.by_ids(tx, [task.number]).get(task.number)
    if request is None or request.status != "open":
        return Done()
    since = request.waiting_since
    times, following = plans.waits(since, context.now, context.blueprint.mentoring)
    live = matches.live_of_request(tx, request.id)
    if live is not None and live.state != "proposed":
        return Again(task.cursor, context.now + timedelta(days=1))  # somebody is being asked
    if times:
        # A word that came late, for somebody was being asked, is not followed by the next at once.
        half = timedelta(days=context.blueprint.mentoring.unmatched_days) / 2
        following = max(following, context.now + half)
        until = min(following, context.now + plans.UNMATCHED_WORTH)
        _plan(
            tx, context, request.person_id, plans.REQUEST_UNMATCHED, f"{times}{plans.at(since)}",
            until, request=request.id,
        )  # fmt: skip
    return Again(task.cursor, following)


def _soon(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    busy = matches.one(tx, task.number) is not None
    return Again(task.cursor, context.now + BUSY) if busy else Done()


def _until(task: TaskRow, context: Context) -> datetime:
    return task.expires_at or context.now + plans.WORTH


def _both(
    tx: Transaction, context: Context, match: MatchRow, kind: str, variant: str, until: datetime
) -> None:
    for side in SIDES:
        _ask(tx, context, match, side, kind, variant, until)


def _ask(
    tx: Transaction,
    context: Context,
    match: MatchRow,
    side: str,
    kind: str,
    variant: str,
    until: datetime,
) -> None:
    person = match.person(side)
    if person is not None:
        _plan(tx, context, person, kind, variant, until, match=match.id)


def _plan(
    tx: Transaction,
    context: Context,
    person: int,
    kind: str,
    variant: str,
    until: datetime,
    *,
    match: int | None = None,
    request: int | None = None,
) -> int:
    """A message to one person, if they can be reached, consent and have not got it; how many."""
    planned = Planned(
        kind=kind,
        channels=context.channels,
        due=At(context.now),
        rules=Rules.of(context.blueprint),
        match=match,
        request=request,
        variant=variant,
        expires_at=until,
        decent=False,  # the hour is looked at when it is sent
    )
    return plan_one(tx, planned, person, context.now)


HANDLERS: dict[str, Handler] = {
    plans.TELL: _tell,
    plans.REMIND: _remind,
    plans.LAPSE: _lapse,
    plans.NUDGE: _nudge,
    plans.AFTER: _after,
    plans.AGAIN: _again,
    plans.CHECK: _check,
    plans.QUIET: _quiet,
    plans.UNMATCHED: _unmatched,
}
