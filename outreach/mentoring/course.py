"""The course of a match: in which state what may happen, what becomes of it, and who is told.

    proposed ──▶ asked_mentor ──▶ asked_mentee ──▶ introduced ──▶ met ──▶ done
        │             └──────┬───────────┘              └────┬──────┘
        ▼                    ▼                               ▼
     dropped      declined, lapsed, withdrawn              ended

Pure: a table of (state, what happened, whose doing) and what follows. :mod:`outreach.mentoring.
moving` applies it in a transaction. What is in no line of the table cannot happen in that state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from outreach.mentoring import plans

MENTOR, MENTEE, STAFF, CLOCK = "mentor", "mentee", "staff", "clock"
BOTH = "both"
"""Neither of the two said anything."""

# ---- what can happen ----
APPROVE = "approve"  # the mentor is to be asked
DROP = "drop"  # staff do not want it
YES, NO = "yes", "no"
LAPSE = "lapse"  # no answer in time
LEAVE = "leave"  # a request, an offer, a consent or a person is gone
CLOSE = "close"  # by staff
MET = "met"  # a real meeting
STOP = "stop"  # one of the two does not want to go on
SILENT = "silent"  # introduced, and not a word since
NEVER = "never"  # introduced long ago, and they have not met
OVER = "over"  # met long ago, and nobody says anything more
FINISH = "finish"  # it has come to its end, says one of them

# ---- what becomes of the request ----
STAYS = ""
WAITS = "waits"  # it waits on, for another mentor
AHEAD = "ahead"  # the same, and goes to the head of the next round
MATCHED = "matched"
CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Tell:
    """Who is told what. ``heard``: only who got the question, for they may be about to answer;
    ``variant`` None: why it ended, see :func:`after`."""

    to: str
    kind: str
    variant: str | None = ""
    heard: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What follows. ``following``: the next best mentor is asked at once; ``on_break``: the mentor
    gets no new pairs for a while."""

    state: str
    tells: tuple[Tell, ...] = ()
    request: str = STAYS
    following: bool = False
    on_break: bool = False


Key: TypeAlias = tuple[str, str, str]

_TO_MENTOR = Tell(MENTOR, plans.MATCH_ENDED, None)
_TO_MENTEE = Tell(MENTEE, plans.MATCH_ENDED, None)
_TO_ASKED = Tell(MENTOR, plans.MATCH_ENDED, None, heard=True)
_REOPENED = Tell(MENTEE, plans.REQUEST_REOPENED, "", heard=True)
_LET_DOWN = Tell(MENTOR, plans.MATCH_ENDED, "declined")  # who had said yes

_BEFORE_STAFF_LOOKED: dict[Key, Step] = {
    ("proposed", APPROVE, STAFF): Step("asked_mentor", (Tell(MENTOR, plans.MENTOR_ASK),)),
    ("proposed", DROP, STAFF): Step("dropped", request=WAITS),
    ("proposed", CLOSE, STAFF): Step("dropped", request=WAITS),
    ("proposed", LEAVE, MENTOR): Step("withdrawn", request=AHEAD),
    ("proposed", LEAVE, MENTEE): Step("withdrawn"),
}
_MENTOR_ASKED: dict[Key, Step] = {
    ("asked_mentor", YES, MENTOR): Step("asked_mentee", (Tell(MENTEE, plans.MENTEE_ASK),)),
    ("asked_mentor", NO, MENTOR): Step("declined", request=WAITS, following=True),
    ("asked_mentor", LAPSE, CLOCK): Step(
        "lapsed", (Tell(MENTOR, plans.MATCH_LAPSED, heard=True),), request=WAITS, following=True
    ),
    # One time too many in a row: no questions for a while.
    ("asked_mentor", LAPSE, MENTOR): Step(
        "lapsed", (Tell(MENTOR, plans.MENTOR_BREAK),), request=WAITS, following=True, on_break=True
    ),
    ("asked_mentor", LEAVE, MENTOR): Step("withdrawn", request=AHEAD, following=True),
    ("asked_mentor", LEAVE, MENTEE): Step("withdrawn", (_TO_ASKED,)),
    ("asked_mentor", CLOSE, STAFF): Step("withdrawn", (_TO_ASKED,), request=WAITS),
}
_MENTEE_ASKED: dict[Key, Step] = {
    ("asked_mentee", YES, MENTEE): Step(
        "introduced",
        (Tell(MENTOR, plans.INTRODUCTION), Tell(MENTEE, plans.INTRODUCTION)),
        request=MATCHED,
    ),
    ("asked_mentee", NO, MENTEE): Step("declined", (_LET_DOWN,), request=WAITS, following=True),
    ("asked_mentee", LAPSE, CLOCK): Step(
        "lapsed",
        (Tell(MENTEE, plans.MATCH_LAPSED, heard=True), _LET_DOWN),
        request=WAITS,
        following=True,
    ),
    # Not for the first time: they are left in peace.
    ("asked_mentee", LAPSE, MENTEE): Step(
        "lapsed", (Tell(MENTEE, plans.MATCH_LAPSED, "closed"), _LET_DOWN), request=CLOSED
    ),
    ("asked_mentee", LEAVE, MENTOR): Step("withdrawn", (_REOPENED,), request=AHEAD, following=True),
    ("asked_mentee", LEAVE, MENTEE): Step("withdrawn", (_TO_MENTOR,)),
    ("asked_mentee", CLOSE, STAFF): Step("withdrawn", (_TO_MENTOR, _REOPENED), request=WAITS),
}


def _introduced(state: str) -> dict[Key, Step]:
    """Whatever can happen to two who know each other, met or not."""
    return {
        (state, MET, MENTOR): Step("met"),
        (state, MET, MENTEE): Step("met"),
        (state, STOP, MENTOR): Step("ended", (_TO_MENTEE,), request=AHEAD),
        (state, STOP, MENTEE): Step("ended", (_TO_MENTOR,), request=CLOSED),
        (state, LEAVE, MENTOR): Step("ended", (_TO_MENTEE,), request=AHEAD),
        (state, LEAVE, MENTEE): Step("ended", (_TO_MENTOR,), request=CLOSED),
        (state, CLOSE, STAFF): Step("ended", (_TO_MENTOR, _TO_MENTEE), request=CLOSED),
    }


_NOT_MET: dict[Key, Step] = {
    ("introduced", SILENT, MENTOR): Step(
        "ended", (Tell(MENTOR, plans.MENTOR_BREAK), _TO_MENTEE), request=AHEAD, on_break=True
    ),
    ("introduced", SILENT, MENTEE): Step("ended", (_TO_MENTOR, _TO_MENTEE), request=CLOSED),
    ("introduced", SILENT, BOTH): Step(
        "ended", (Tell(MENTOR, plans.MENTOR_BREAK), _TO_MENTEE), request=CLOSED, on_break=True
    ),
    ("introduced", NEVER, CLOCK): Step("ended", (_TO_MENTOR, _TO_MENTEE), request=AHEAD),
}
_MEETING: dict[Key, Step] = {
    ("met", FINISH, MENTOR): Step("done", (_TO_MENTEE,), request=CLOSED),
    ("met", FINISH, MENTEE): Step("done", (_TO_MENTOR,), request=CLOSED),
    ("met", OVER, CLOCK): Step("done", (_TO_MENTOR, _TO_MENTEE), request=CLOSED),
}
STEPS: dict[Key, Step] = {
    **_BEFORE_STAFF_LOOKED,
    **_MENTOR_ASKED,
    **_MENTEE_ASKED,
    **_introduced("introduced"),
    **_introduced("met"),
    **_NOT_MET,
    **_MEETING,
}
"""(state, what happened, whose doing) -> what follows."""

WHY = {
    NO: "declined", STOP: "stopped", LEAVE: "gone", CLOSE: "staff", SILENT: "silent",
    NEVER: "not_met", OVER: "done", FINISH: "done",
}  # fmt: skip


BY_ITSELF = (LAPSE, SILENT, NEVER, OVER)
"""What happens because nobody does anything."""


def after(state: str, what: str, who: str) -> Step | None:
    """What follows when ``what`` happens in ``state`` by ``who``'s doing; None: it cannot.

    An approval is staff's also where the clock gives it: a round that runs unattended, the next
    best after a mentor who could not.
    """
    return STEPS.get((state, what, STAFF if what == APPROVE else who))


def end_of(what: str) -> str:
    """The variant of "match_ended" after ``what``."""
    return WHY[what]


def asked(state: str) -> str | None:
    """Whose answer a match waits for."""
    return {"asked_mentor": MENTOR, "asked_mentee": MENTEE}.get(state)
