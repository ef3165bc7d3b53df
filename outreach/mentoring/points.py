"""How well one seeker and one mentor fit: whole points, a thousand for each of the weights.

What both sides say about skills, field, format and hours counts in full where they fit wholly and
half where nothing is known. How long a request has waited is added whoever the mentor is: it does
not change who fits best, only whose turn it is when places are few. It grows with every round
without end, so that nobody is passed over for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from blueprints.schema import Mentoring
from outreach.mentoring.model import Mentor, Reason, Seeker

POINT = 1000
ENOUGH = 6  # hours a week in common with which a pair can surely meet
PRIORITY = 1.5  # what the region needs most counts half as much again
RANK = 0.75  # each skill wanted counts so much of the one before it
MONTH = 30  # days of waiting that count as one of the weight "waiting"
LONG = 7  # days of waiting that are worth a word
_MOST = 10**9  # nobody waits so long; what is added must stay a small whole number


def allowed(seeker: Seeker, mentor: Mentor) -> bool:
    """Whether these two may be proposed to each other at all, but for those who are barred."""
    return (
        seeker.person != mentor.person
        and bool(seeker.languages & mentor.languages)
        and visible(seeker, mentor)
        and meeting(seeker.mode, mentor.mode) is not None
    )


class Belongs(Protocol):
    @property
    def organisation(self) -> str | None: ...
    @property
    def sharing(self) -> bool: ...


def visible(one: Belongs, other: Belongs) -> bool:
    """Whether each may hear of the other: people of one organisation, or both allow sharing."""
    return one.organisation == other.organisation or (one.sharing and other.sharing)


def meeting(wanted: str, offered: str) -> str | None:
    """How two people can meet, one of blueprints.values.MODES; None: not at all."""
    if wanted == "both":
        return offered
    return wanted if offered in {wanted, "both"} else None


def wanted(seeker: Seeker, mentoring: Mentoring) -> dict[str, int]:
    """What each skill wanted is worth, the first the most. All of them are worth the weight of
    skills, and more when one is among the region's priorities."""
    skills = list(dict.fromkeys(seeker.skills))
    shares = [RANK**rank for rank in range(len(skills))]
    full = mentoring.weights.skills * POINT
    return {
        skill: round(full * share / sum(shares) * _need(skill, mentoring))
        for skill, share in zip(skills, shares, strict=True)
    }


def _need(skill: str, mentoring: Mentoring) -> float:
    return PRIORITY if skill in mentoring.priorities else 1.0


def skills(worth: dict[str, int], mentor: Mentor, mentoring: Mentoring) -> int:
    """The points for skills; ``worth`` from :func:`wanted`."""
    if not worth:
        return half(mentoring.weights.skills)
    return sum(points for skill, points in worth.items() if skill in mentor.skills)


def field(one: str | None, other: str | None, mentoring: Mentoring) -> int:
    if one is None or other is None:
        return half(mentoring.weights.field)
    return mentoring.weights.field * POINT if one == other else 0


def mode(one: str, other: str, mentoring: Mentoring) -> int:
    return mentoring.weights.mode * POINT if one == other else half(mentoring.weights.mode)


def hours(common: float, known: bool, mentoring: Mentoring) -> int:
    """``common``: hours a week; ``known``: whether both said when they have time."""
    if not known:
        return half(mentoring.weights.hours)
    return round(mentoring.weights.hours * POINT * min(common, ENOUGH) / ENOUGH)


def half(weight: int) -> int:
    return weight * POINT // 2


def most(mentoring: Mentoring) -> int:
    """What no fit is worth more than."""
    weights = mentoring.weights
    points = weights.skills * PRIORITY + weights.field + weights.mode + weights.hours
    return int(points * POINT) + 100  # each skill is rounded


def turns(seekers: Sequence[Seeker], mentoring: Mentoring) -> list[int]:
    """What is added for each seeker's wait. Who goes to the head of the round has more than
    anybody else could reach."""
    weights = mentoring.weights
    waits = [
        weights.waiting * POINT * each.waited_days // MONTH
        + weights.passed_over * POINT * each.passed_over
        for each in seekers
    ]
    head = most(mentoring) + max(waits, default=0)
    return [min(wait + head * each.ahead, _MOST) for wait, each in zip(waits, seekers, strict=True)]


def reasons(
    seeker: Seeker, mentor: Mentor, common: float, mentoring: Mentoring
) -> tuple[Reason, ...]:
    """What speaks for this pair, in the order of :class:`~outreach.mentoring.model.Reason`;
    nothing whose weight is 0."""
    weights = mentoring.weights
    shared = [skill for skill in dict.fromkeys(seeker.skills) if skill in mentor.skills]
    how = meeting(seeker.mode, mentor.mode)
    found = (
        (weights.skills and shared, Reason("skills", {"skills": shared})),
        (
            weights.field and seeker.field and seeker.field == mentor.field,
            Reason("field", {"field": seeker.field}),
        ),
        (weights.mode and how, Reason("mode", {"mode": how})),
        (weights.hours and common >= 1, Reason("hours", {"hours": int(common)})),
        (
            weights.waiting and seeker.waited_days >= LONG,
            Reason("waiting", {"days": seeker.waited_days}),
        ),
        (
            weights.passed_over and seeker.passed_over,
            Reason("passed_over", {"rounds": seeker.passed_over}),
        ),
        (seeker.ahead, Reason("ahead")),
    )
    return tuple(reason for holds, reason in found if holds)
