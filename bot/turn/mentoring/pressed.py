"""The buttons of a pair. Each may be old, doubled or forged: who presses must be one of the two,
and what is not possible any more is told kindly."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.turn import conversing
from bot.turn.context import Turn
from bot.turn.events import REGISTERED
from bot.turn.mentoring import showing, when
from bot.turn.mentoring.replying import looked, refused, say
from bot.turn.mentoring.showing import again, reply
from outreach.mentoring import buttons, course, life, offers
from outreach.mentoring.buttons import Pressed
from outreach.mentoring.together import TOGETHER
from storage.mentoring import matches, requests
from storage.mentoring.matches import MatchRow


def pressed(turn: Turn, ref: str, press: str) -> None:
    """Do what a button below a message about a pair says."""
    number, said = buttons.number(ref), buttons.read(press)
    row = matches.one(turn.tx, number) if number else None
    known = row is not None and row.side(turn.who.person) is not None
    if row is None or said is None or not known or turn.who.status not in REGISTERED:
        conversing.ask_again(turn, turn.labels.say("mentor.gone"))
    else:
        act(turn, row, said)


def act(turn: Turn, row: MatchRow, said: Pressed) -> None:
    """The same, of somebody who is one of the two."""
    _ACTS[said.what](turn, row, said)


# ---- yes and no ----


def _yes(turn: Turn, row: MatchRow, _said: Pressed) -> None:
    """Which contact may be passed on is asked first; the answer counts with that."""
    side = row.side(turn.who.person)
    if course.asked(row.state) != side:
        had_said = row.mentor_said_at if side == course.MENTOR else row.mentee_said_at
        name = f"said_yes_{side}" if row.live and had_said else "too_late"
        reply(turn, row, say(turn, name), again(turn, row).only(buttons.SHOW))
        return
    params = {"match": row.id, "known": showing.own_contacts(turn, row)}
    conversing.begin(turn, "mentor_contacts", params=params)


def _no(turn: Turn, row: MatchRow, said: Pressed) -> None:
    if said.reason:
        _because(turn, row, said.reason, "no")
        return
    outcome = life.answer(turn.tx, row.id, turn.who.person, False, turn.now, turn.blueprint)
    if not refused(turn, row, outcome):
        reply(turn, row, say(turn, "said_no"), again(turn, row).no_reasons(), instead=True)


def _because(turn: Turn, row: MatchRow, reason: str, what: str) -> None:
    """Why not, or why no longer; another reason in their own words, if they like."""
    outcome = life.because(turn.tx, row.id, turn.who.person, reason, None, turn.now, turn.blueprint)
    if refused(turn, row, outcome):
        return
    if reason == "other":
        conversing.begin(turn, "mentor_note", params={"match": row.id, "what": what})
        return
    options = again(turn, row).only(buttons.BLOCK) if what == "stop" else ()
    reply(turn, row, say(turn, "because"), options, instead=True)


# ---- have they met, and how does it go ----


def _met(turn: Turn, row: MatchRow, said: Pressed) -> None:
    outcome = life.met(turn.tx, row.id, turn.who.person, said.number, turn.now, turn.blueprint)
    if not refused(turn, row, outcome):
        now = outcome.row or row
        text = say(turn, "was_held", count=max(1, now.meetings))
        reply(turn, now, text, again(turn, now).only(buttons.SHOW), instead=True)


def _not_yet(turn: Turn, row: MatchRow, _said: Pressed) -> None:
    outcome = life.not_met(turn.tx, row.id, turn.who.person, "", turn.now, turn.blueprint)
    if not refused(turn, row, outcome):
        reply(turn, row, say(turn, "why_not"), again(turn, row).whys(), instead=True)


def _why(turn: Turn, row: MatchRow, said: Pressed) -> None:
    outcome = life.not_met(turn.tx, row.id, turn.who.person, said.reason, turn.now, turn.blueprint)
    if refused(turn, row, outcome):
        return
    ways = again(turn, row).ways_on(
        remind=said.reason in ("silent", "time", "other"), new=_is_mentee(turn, row)
    )
    reply(turn, row, say(turn, "what_now"), ways, instead=True)


def _is_mentee(turn: Turn, row: MatchRow) -> bool:
    return row.side(turn.who.person) == course.MENTEE


def _remind(turn: Turn, row: MatchRow, _said: Pressed) -> None:
    outcome = life.remind_other(turn.tx, row.id, turn.who.person, turn.now, turn.blueprint)
    if refused(turn, row, outcome):
        return
    before = outcome.reason == "already"
    text = say(turn, "reminded_before" if before else "reminded", name=showing.name(turn, row))
    ways = again(turn, row).ways_on(remind=False, new=_is_mentee(turn, row)) if before else ()
    reply(turn, row, text, ways or again(turn, row).only(buttons.SHOW), instead=True)


def _new(turn: Turn, row: MatchRow, _said: Pressed) -> None:
    outcome = life.new_match(
        turn.tx, row.id, turn.who.person, turn.now, turn.blueprint, reason=_lately(turn, row)
    )
    if not refused(turn, row, outcome):
        options = again(turn, row).only(buttons.BLOCK) if row.introduced_at else ()
        reply(turn, row, say(turn, _looking(turn, row)), options, instead=True)


def _looking(turn: Turn, row: MatchRow) -> str:
    """What becomes of a mentee's request after this pair; a mentor's part just ends."""
    if not _is_mentee(turn, row):
        return "closed"
    request = requests.one(turn.tx, row.request_id)
    return "looking_anew" if request is not None and request.ahead else "looking_again"


def _close(turn: Turn, row: MatchRow, _said: Pressed) -> None:
    outcome = life.stop(
        turn.tx, row.id, turn.who.person, turn.now, turn.blueprint, reason=_lately(turn, row)
    )
    if not refused(turn, row, outcome):
        options = again(turn, row).only(buttons.BLOCK)
        reply(turn, row, say(turn, "closed"), options, instead=True)


def _lately(turn: Turn, row: MatchRow) -> str | None:
    """Why they have not met, as this one said last."""
    side = row.side(turn.who.person)
    said = [
        each.detail
        for each in matches.history(turn.tx, row.id)
        if each.what == "not_met" and each.who == side and each.detail
    ]
    return said[-1] if said else None


def _check(turn: Turn, row: MatchRow, said: Pressed) -> None:
    outcome = life.checked(
        turn.tx, row.id, turn.who.person, said.which, said.value, turn.now, turn.blueprint
    )
    if refused(turn, row, outcome):
        return
    now = outcome.row or row
    options, name = again(turn, now).only(buttons.SHOW), "check_noted"
    if said.which == "end" and now.state in TOGETHER:
        options, name = again(turn, now).at_the_end(), "go_on_or_end"
    elif said.value == "bad" and now.state in TOGETHER:
        options = again(turn, now).ways_on(remind=False, new=_is_mentee(turn, now))
        name = "what_now"
    reply(turn, now, say(turn, name), options, instead=True)


def _more(turn: Turn, row: MatchRow, _said: Pressed) -> None:
    outcome = life.go_on(turn.tx, row.id, turn.who.person, turn.now, turn.blueprint)
    if not refused(turn, row, outcome):
        options = again(turn, row).only(buttons.SHOW)
        reply(turn, row, say(turn, "going_on"), options, instead=True)


def _finish(turn: Turn, row: MatchRow, _said: Pressed) -> None:
    outcome = life.finish(turn.tx, row.id, turn.who.person, turn.now, turn.blueprint)
    if not refused(turn, row, outcome):
        reply(turn, row, say(turn, "finished"), instead=True)


# ---- at any time ----


def _stop(turn: Turn, row: MatchRow, said: Pressed) -> None:
    """One tap stops it; why is asked afterwards."""
    if said.reason:
        _because(turn, row, said.reason, "stop")
        return
    outcome = life.stop(turn.tx, row.id, turn.who.person, turn.now, turn.blueprint)
    if not refused(turn, row, outcome):
        reply(turn, row, say(turn, "stopped"), again(turn, row).stop_reasons())


def _block(turn: Turn, row: MatchRow, _said: Pressed) -> None:
    """Not with this person again. Of whom they were never told, they can't say it."""
    person = turn.who.person
    other = row.mentor_id if row.mentee_id == person else row.mentee_id
    if row.introduced_at is None or other is None:
        reply(turn, row, say(turn, "too_late"), again(turn, row).only(buttons.SHOW))
        return
    offers.block(turn.tx, person, other, turn.now, turn.blueprint)
    reply(turn, row, say(turn, "blocked"), instead=True)


def _show(turn: Turn, row: MatchRow, _said: Pressed) -> None:
    turn.send(showing.card(turn, looked(turn, row)))
    conversing.carry_on(turn)


_ACTS: Mapping[str, Callable[[Turn, MatchRow, Pressed], None]] = {
    buttons.YES: _yes,
    buttons.NO: _no,
    buttons.TIME: when.time,
    buttons.OK: when.ok,
    buttons.TIMES: when.times,
    buttons.OWN: when.own_time,
    buttons.DATE: when.date,
    buttons.ICS: when.ics,
    buttons.MET: _met,
    buttons.NOT_YET: _not_yet,
    "why": _why,
    buttons.REMIND: _remind,
    buttons.NEW: _new,
    buttons.CLOSE: _close,
    "check": _check,
    buttons.MORE: _more,
    buttons.FINISH: _finish,
    buttons.STOP: _stop,
    buttons.BLOCK: _block,
    buttons.SHOW: _show,
}
