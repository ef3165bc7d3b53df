"""Messages whose time has come: one of each kind that would go at once, and any of them with a few
things changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from outreach import hours
from outreach.kinds import KINDS
from outreach.mentoring import wanted
from storage.deliveries import Candidate
from storage.mentoring.telling import Standing
from storage.states import MATCH_STATES
from tests.outreach.sending import NOON, RULES

PAIRS = {*wanted.STATES, "mentor_break", "request_unmatched"}
"""Kinds about a pair, or about a request for a mentor."""
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
_NEARBY = st.timedeltas(-timedelta(days=9), timedelta(days=9))
_STANDING = {  # of the pair, where a kind needs more than a state that it makes sense in
    "mentee_ask": Standing(True, "asked_mentee", "mentee"),
    "ask_reminder": Standing(True, "asked_mentor", "mentor"),
    "request_reopened": Standing(True, "declined", "mentee", request_status="open"),
    "meeting_suggested": Standing(
        True, "met", "mentee", meetings=1, suggested_by="mentor", suggested_at=NOON
    ),
    "meeting_set": Standing(True, "met", "mentee", meetings=1, meeting_at=NOON),
    "meet_nudge": Standing(True, "introduced", "mentee", meetings=0),
    "mentor_break": Standing(True, break_until=date(2027, 6, 1), break_reason="silent"),
    "request_unmatched": Standing(True, request_status="open"),
}
_ANSWERS = {"invitation": None, "away": None, "offer": "offered"}
_EVENT_STATUSES = {"cancellation": "cancelled", "thanks": "over", "feedback_reminder": "over"}


def candidate(**values: Any) -> Candidate:
    """A broadcast to somebody who wants it."""
    columns: dict[str, Any] = {
        **dict.fromkeys(Candidate._fields), "id": 1, "person": 1, "identity": 1, "chat": "1",
        "user": "1", "lane": 3, "kind": "broadcast", "variant": "", "action": "send",
        "attempts": 0, "broadcast": 1, "due_at": NOON, "person_status": "active",
        "timezone": "Europe/Bratislava", "organisation": "cike", "identity_status": "ok",
        "invitations": True, "sharing": False, "broadcast_status": "sending",
        "source_organisation": "cike",
    }  # fmt: skip
    return Candidate(**{**columns, **values})


BEFORE_ERASURE = {"farewell", "unfinished"}
"""About the reader's own data, and nothing else."""

ANEW = {"facts", "home"}
"""What was told long ago, asked about again."""

LEFT = {"bring_back"}
"""What was begun and left."""


def ready(kind: str, **values: Any) -> Candidate:
    """A message of this kind that would go at noon, to somebody who wants it and answered."""
    about: dict[str, Any] = {"kind": kind, "lane": int(KINDS[kind].lane)}
    if kind in PAIRS:
        state = min(wanted.STATES.get(kind, {None}), key=str)
        standing = _STANDING.get(kind, Standing(True, state, "mentor"))
        about |= {"broadcast": None, "match": 1, "source_organisation": None, "standing": standing}
    elif kind in (*BEFORE_ERASURE, *ANEW, *LEFT):
        about |= {"broadcast": None, "event": None}
    elif kind != "broadcast":
        about |= {
            "broadcast": None, "event": 1, "rsvp": _ANSWERS.get(kind, "going"),
            "event_status": _EVENT_STATUSES.get(kind, "announced"),
        }  # fmt: skip
    return candidate(**{**about, **values})


_STANDINGS = st.builds(
    Standing,
    consent=st.booleans(),
    state=st.sampled_from([*MATCH_STATES, None]),
    side=st.sampled_from(["mentor", "mentee", None]),
    meetings=st.integers(0, 2),
    request_status=st.sampled_from(["open", "closed"]),
    break_until=st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    break_reason=st.sampled_from(["silent", None]),
)
_COLUMNS: dict[str, st.SearchStrategy[Any]] = {
    "person_status": st.sampled_from(["joining", "paused", None]),
    "timezone": st.sampled_from([*ZONES, None, "", "Nowhere/Atall"]),
    "organisation": st.sampled_from(["bsc", None]),
    "identity_status": st.sampled_from(["unreachable", None]),
    "invitations": st.just(False),
    "sharing": st.booleans(),
    "broadcast_status": st.sampled_from(["paused", "cancelled", None]),
    "event_status": st.sampled_from(["announced", "closed", "over", "cancelled", None]),
    "source_organisation": st.sampled_from(["bsc", None]),
    "rsvp": st.sampled_from([None, "going", "maybe", "no", "waiting", "offered"]),
}


@st.composite
def messages(draw: st.DrawFn) -> tuple[Candidate, datetime]:
    """A message of any kind with up to four things changed, and the moment at which it is looked
    at: often in the middle of the day, so that not everything waits for the morning."""
    now = draw(MOMENTS)
    if draw(st.booleans()):
        now = now.replace(hour=11)
    row = ready(draw(st.sampled_from(sorted(KINDS))), due_at=now)
    if row.kind in ("test", "post") and draw(st.booleans()):
        row = row._replace(person=None, person_status=None, identity_status=None)
    changes = _changes(row, now)
    names = draw(st.lists(st.sampled_from(sorted(changes)), max_size=4, unique=True))
    return row._replace(**{name: draw(changes[name]) for name in names}), now


def _changes(row: Candidate, now: datetime) -> dict[str, st.SearchStrategy[Any]]:
    """Column -> other values that it may have."""
    changes: dict[str, st.SearchStrategy[Any]] = {
        "variant": st.sampled_from(["", "7d", "u", "x"]),
        "expires_at": _NEARBY.map(lambda away: now + away),
    }
    if row.person is None:
        return changes
    passed = _NEARBY.map(lambda away: now - abs(away))
    changes |= {"talked_at": passed, "full_since": passed}
    changes["paused_until"] = st.integers(-2, 9).map(lambda days: now.date() + timedelta(days))
    if (standing := row.standing) is not None:
        ago = st.timedeltas(timedelta(0), timedelta(minutes=30)).map(lambda away: now - away)
        changes["standing"] = st.one_of(
            st.none(), st.just(replace(standing, consent=False)), _STANDINGS,
            ago.map(lambda seen: replace(standing, seen_at=seen)),
        )  # fmt: skip
    return changes | _COLUMNS


def there(row: Candidate) -> ZoneInfo:
    """The zone of a message's reader."""
    return hours.known(RULES.zone_for(row.timezone, row.organisation))


def hour(moment: datetime, row: Candidate) -> int:
    """The hour at the reader's."""
    return moment.astimezone(there(row)).hour
