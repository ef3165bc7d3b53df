"""A mentor in New York, a mentee in Bratislava, and what they are to each other, for the tests of
what is said to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from messages import rich
from messages.message import Message
from messages.words import Words
from outreach.mentoring.cards import card
from outreach.mentoring.people import Other
from outreach.reader import Reader
from storage.mentoring.matches import MatchRow
from storage.mentoring.offers import OfferRow
from storage.mentoring.requests import RequestRow
from tests.outreach.inviting import expats

LANGUAGES = ("en", "sk", "sl")
WORDS = Words(LANGUAGES)
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)  # a Sunday
DAY = timedelta(days=1)
MATEJ, JANA = 1, 2

ASKED = MatchRow(
    id=77, round_id=1, request_id=5, mentee_id=JANA, mentor_id=MATEJ, organisation="cike",
    mentor_organisation="cike", state="asked_mentor", score=1,
    reasons=(
        ("skills", {"skills": ["communication", "teamwork"]}), ("field", {"field": "business"}),
        ("mode", {"mode": "online"}), ("hours", {"hours": 5}), ("waiting", {"days": 12}),
        ("passed_over", {"rounds": 2}), ("ahead", {}),
    ),
    alternatives=(), created_at=NOW, approved_at=NOW, deadline=NOW + 4 * DAY, mentor_asked_at=NOW,
    mentor_said_at=None, mentee_asked_at=None, mentee_said_at=None, introduced_at=None,
    mentor_contact=(), mentee_contact=(), suggested_at=None, suggested_by=None, meeting_at=None,
    uid="pair-77@domov", sequence=0, meetings=0, mentor_seen_at=None, mentee_seen_at=None,
    ended_at=None, ended_by=None, reason=None, note=None,
)  # fmt: skip
MENTEE_ASKED = replace(ASKED, state="asked_mentee", mentor_said_at=NOW, mentee_asked_at=NOW)
INTRODUCED = replace(
    MENTEE_ASKED, state="introduced", introduced_at=NOW - 7 * DAY, deadline=None,
    mentor_contact=("email", "linkedin", "chat"), mentee_contact=("chat",),
)  # fmt: skip
MET = replace(INTRODUCED, state="met", meetings=2)
REQUEST = RequestRow(
    id=5, person_id=JANA, status="open", goal="To sell my ceramics in *Austria* & <b>Germany</b>.",
    skills=("communication", "teamwork"), field="business", languages=("sk", "en"), mode="online",
    urgency="soon", rhythm="fortnightly", hours=("weekday_evenings",),
    waiting_since=NOW - 46 * DAY, passed_over=2, ahead=1, entered_by=None, created_at=NOW,
    updated_at=NOW,
)  # fmt: skip
OFFER = OfferRow(
    person_id=MATEJ, status="active", capacity=2, skills=("communication", "leadership"),
    topics="selling abroad", languages=("sk", "en"), mode="both", hours=("weekday_mornings",),
    break_until=(NOW + 90 * DAY).date(), break_reason="silent", source="person", created_at=NOW,
    updated_at=NOW,
)  # fmt: skip
TO_MENTEE = Other(
    MATEJ, "Matej Novák", "US", "America/New_York", "cike", "culture", "matej@example.com",
    "https://www.linkedin.com/in/matej", "matej_n", ("T1", "U1"),
)  # fmt: skip
TO_MENTOR = Other(
    JANA, "Jana Kováčová", "SK", None, "cike", "it", "jana@example.com", None, "jana_k"
)


def reader(role: str, language: str = "en") -> Reader:
    """The mentor, or the mentee."""
    if role == "mentor":
        return Reader(MATEJ, language, "America/New_York", "Matej")
    return Reader(JANA, language, "Europe/Bratislava", "Jana")


def made(
    kind: str | None,
    match: MatchRow | None,
    role: str,
    language: str = "en",
    variant: str = "",
    **more: Any,
) -> Message:
    """What is said to one of the two."""
    other = more.pop("other", TO_MENTOR if role == "mentor" else TO_MENTEE)
    request, offer = more.pop("request", REQUEST), more.pop("offer", OFFER)
    return card(
        kind, match, request, offer, reader(role, language), role, other, WORDS, expats(), NOW,
        variant,
    )  # fmt: skip


def text(kind: str | None, match: MatchRow | None, role: str, *args: Any, **more: Any) -> str:
    return rich.plain(made(kind, match, role, *args, **more).text)


def presses(message: Message) -> list[str]:
    return [option.press for option in message.widget.options] if message.widget else []


def labels(message: Message) -> list[str]:
    return [option.label for option in message.widget.options] if message.widget else []
