"""Opening a registration or a survey, or going on with one that was begun."""

from __future__ import annotations

from typing import Any

from blueprints.schema import Survey
from bot.turn import conversing
from bot.turn.context import Turn
from flows.registration import answers_of, filled
from flows.script import Texts
from messages.message import Rich
from outreach.open_surveys import begun
from storage import conversations, living
from storage import profile as store


def registration(turn: Turn, before: Rich = ()) -> None:
    """Go on with the registration, or begin it."""
    if turn.who.talk is not None and turn.who.talk.flow == "registration":
        conversing.go_on(turn, before)
        return
    if not parked(turn, "registration", before):
        wanted = undecided(turn)
        params = {"consents": wanted} if wanted else {}
        conversing.begin(turn, "registration", params=params, before=before)


def undecided(turn: Turn) -> list[str]:
    """The purposes of use to this persona that nobody need agree to and they were not asked for."""
    decided = living.consents(turn.tx, turn.who.person)
    suits = turn.blueprint.purposes_for(turn.who.persona or "")
    return [each.key for each in suits if not each.needed and each.key not in decided]


def complete(turn: Turn) -> None:
    """Go on with what the profile lacks, or begin; the card, where it lacks nothing."""
    if turn.who.talk is not None and turn.who.talk.flow == "complete":
        conversing.go_on(turn)
        return
    facts = store.load(turn.tx, turn.who.person, turn.blueprint)
    missing = filled(turn.blueprint, turn.who.persona, facts)[2]
    if not missing:
        profile(turn)
    elif not parked(turn, "complete"):
        conversing.begin(turn, "complete", params={"missing": list(missing)})


def profile(turn: Turn) -> None:
    """The summary card, each line to be changed; before that, the registration."""
    talk = turn.who.talk
    if turn.who.status == "joining":
        registration(turn)
    elif talk is not None and talk.flow == "registration":
        conversing.go_on(turn)
    else:
        facts = store.load(turn.tx, turn.who.person, turn.blueprint)
        answers, unknown = answers_of(turn.blueprint, turn.who.persona, facts)
        params = {"review": True, "unknown": list(unknown)}
        conversing.begin(turn, "registration", params=params, answers=answers)


def parked(turn: Turn, name: str, before: Rich = ()) -> bool:
    """Go on with a conversation of this name that was left; whether there was one."""
    for conversation, flow, _ in conversations.parked(turn.tx, turn.who.person):
        if flow == name and conversing.resume(turn, conversation, before):
            return True
    return False


def survey(turn: Turn, found: Survey, more: dict[str, Any] | None = None) -> None:
    """Begin a survey, go on with it, or look at the answers. ``more``: the round and what it is
    about, for a survey that follows events."""
    wanted = {"survey": found.key, **(more or {})}
    talk = turn.who.talk
    if talk is not None and talk.flow == "survey" and same(talk.params, wanted):
        conversing.go_on(turn)
        return
    for conversation, flow, params in conversations.parked(turn.tx, turn.who.person):
        if flow == "survey" and same(params, wanted):
            conversing.resume(turn, conversation)
            return
    params, answers = answered(turn, found, wanted)
    before = _opening(turn, found) if answers and not params.get("review") else ()
    conversing.begin(turn, "survey", params=params, answers=answers, before=before)


def _opening(turn: Turn, found: Survey) -> Rich:
    """What is said before the first question, which was answered at registration."""
    return turn.labels.say(
        "survey.opening",
        title=Texts(found.title.root),
        intro=Texts(found.intro.root),
        minutes=found.minutes,
    )


def answered(
    turn: Turn, found: Survey, wanted: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """With what a survey is opened: its parameters, and what was answered in that round before."""
    asked_in = str(wanted.get("round") or found.round)
    answers = living.answers(turn.tx, turn.who.person, found.key, asked_in)
    if begun(turn.blueprint, turn.who.persona or "", found, answers):
        return wanted, answers
    params = {**wanted, **({"review": True} if answers else {})}
    if answers:  # what was skipped stays skipped
        answers = {**dict.fromkeys(q.key for q in found.questions if not q.needed), **answers}
    return params, answers


def same(params: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether two openings are of one survey in one round."""
    return all(params.get(key) == wanted.get(key) for key in ("survey", "round"))
