"""A request, a mentor, a match as they stand in a list for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Side:
    """One of two people in a list. ``person`` None: erased. ``shared``: they let the other
    organisations see them."""

    person: int | None
    name: str | None
    organisation: str | None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class RequestLine:
    """An open request; ``match`` and ``state`` are those of the match that is under way."""

    id: int
    who: Side
    goal: str
    skills: tuple[str, ...]
    field: str | None
    languages: tuple[str, ...]
    mode: str
    urgency: str | None
    rhythm: str | None
    hours: tuple[str, ...]
    waiting_since: datetime
    passed_over: int
    ahead: bool
    match: int | None
    state: str | None


@dataclass(frozen=True, slots=True)
class MentorLine:
    """A mentor. ``taken``: places held by pairs and proposals. ``consent``: to mentoring;
    ``paused_until``: of all messages, ``break_until``: of new pairs."""

    who: Side
    status: str
    capacity: int
    taken: int
    skills: tuple[str, ...]
    topics: str
    languages: tuple[str, ...]
    mode: str
    hours: tuple[str, ...]
    break_until: date | None
    break_reason: str | None
    source: str
    paused_until: date | None
    consent: bool
    registered: bool

    @property
    def places(self) -> int:
        """How many more pairs they have room for."""
        return max(0, self.capacity - self.taken)

    def standing(self, today: date) -> str:
        """Why a round passes them by ("off", "no_consent", "paused", "break", "full"), else
        "free"."""
        if self.status != "active" or not self.registered:
            return "off"
        if not self.consent:
            return "no_consent"
        if self.paused_until is not None and self.paused_until > today:
            return "paused"
        if self.break_until is not None and self.break_until > today:
            return "break"
        return "free" if self.places else "full"


@dataclass(frozen=True, slots=True)
class MatchLine:
    """A match. ``reasons`` [key, values] each; ``alternatives`` [mentor, score] each."""

    id: int
    round: int | None
    request: int | None
    state: str
    score: int
    mentee: Side
    mentor: Side
    reasons: tuple[Any, ...]
    alternatives: tuple[Any, ...]
    created_at: datetime
    deadline: datetime | None
    introduced_at: datetime | None
    meeting_at: datetime | None
    meetings: int
    mentor_seen_at: datetime | None
    mentee_seen_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    reason: str | None

    def heard(self, side: str) -> datetime | None:
        """When "mentor" or "mentee" last said something; before that, the introduction."""
        seen = self.mentor_seen_at if side == "mentor" else self.mentee_seen_at
        return seen or self.introduced_at


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message about a match: when it was sent, or is due."""

    person: int | None
    kind: str
    variant: str
    state: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody for whom staff enter something. ``consent``: to mentoring."""

    person: int
    name: str | None
    organisation: str | None
    persona: str | None
    language: str
    registered: bool
    consent: bool


@dataclass(frozen=True, slots=True)
class BlockLine:
    """Two people who are kept apart; ``by`` "person" (``who`` asked for it) or "staff"."""

    who: Side
    other: Side
    by: str
    at: datetime
