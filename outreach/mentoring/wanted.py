"""Whether a message about a pair or a request still says what is true. Pure: asked when it is
sent, whatever was planned."""

from __future__ import annotations

from datetime import date, datetime

from outreach.kinds import AWAY
from storage.mentoring.telling import Standing
from storage.states import LIVE_MATCHES, MATCH_STATES

_GOING_ON = frozenset({"introduced", "met"})
_OVER = frozenset(MATCH_STATES) - frozenset(LIVE_MATCHES)

STATES: dict[str, frozenset[str]] = {
    "mentor_ask": frozenset({"asked_mentor"}),
    "mentee_ask": frozenset({"asked_mentee"}),
    "ask_reminder": frozenset({"asked_mentor", "asked_mentee"}),
    "introduction": _GOING_ON,
    "meeting_suggested": _GOING_ON,
    "meeting_set": _GOING_ON,
    "meet_nudge": _GOING_ON,
    "meet_reminder": _GOING_ON,
    "check_first": frozenset({"met"}),
    "check_midway": frozenset({"met"}),
    "check_end": frozenset({"met"}),
    "match_ended": _OVER,
    "match_lapsed": frozenset({"lapsed"}),
    "request_reopened": _OVER,
}
"""In which states of a match a message makes sense; others ask nothing of it."""

_ASKED = {"asked_mentor": "mentor", "asked_mentee": "mentee"}
_SIDES = {"mentor_ask": "mentor", "mentee_ask": "mentee", "request_reopened": "mentee"}


def unwanted(state: str) -> tuple[str, ...]:
    """Kinds of messages that a match in this state has no use for."""
    return tuple(kind for kind, states in STATES.items() if state not in states)


def wanted(kind: str, variant: str, standing: Standing, today: date) -> bool:
    """Whether the message makes sense to this person as things stand. ``today``: the reader's."""
    if kind == "request_unmatched":
        return standing.request_status == "open" and not standing.request_live
    if kind == "mentor_break":
        until = standing.break_until
        return standing.break_reason == "silent" and until is not None and until > today
    if standing.state is None or standing.side is None:
        return False  # the match, or the reader's part in it, is gone
    if kind in STATES and standing.state not in STATES[kind]:
        return False
    if standing.side != _SIDES.get(kind, standing.side):
        return False
    return _fits(kind, variant, standing)


def _fits(kind: str, variant: str, standing: Standing) -> bool:
    if kind in ("ask_reminder", AWAY):
        return standing.side == _ASKED.get(standing.state or "")
    if kind == "request_reopened":
        return standing.request_status == "open"
    if kind == "meeting_suggested":
        return standing.suggested_by != standing.side and _same(variant, standing.suggested_at)
    if kind == "meeting_set":
        return _same(variant, standing.meeting_at)
    if kind == "meet_nudge":
        return _nudge(variant, standing)
    return True


def _same(variant: str, moment: datetime | None) -> bool:
    """Whether a variant (outreach.mentoring.plans.suggested) is about this moment. Without one it
    is about whatever there is."""
    said = variant.partition("@")[2].partition("+")[0]
    return moment is not None and said in ("", str(int(moment.timestamp())))


def _nudge(variant: str, standing: Standing) -> bool:
    """Did you meet? Not asked of those who have said so since."""
    what, _, number = variant.partition("@")
    if what == "after":
        heard = standing.last_held
        due = standing.meeting_at
        return _same(variant, due) and (heard is None or due is None or heard < due)
    if what == "again":
        return standing.state == "met" and number == str(standing.meetings)
    return standing.state == "introduced" and standing.meetings == 0
