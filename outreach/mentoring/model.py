"""What a round is made of: who looks for a mentor, who offers to be one, why two of them fit."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Seeker:
    """Somebody with an open request.

    ``skills``: the most wanted first. ``mode`` one of blueprints.values.MODES, ``hours`` keys of
    blueprints.values.SLOTS in ``timezone`` (IANA); none: unknown. ``sharing``: may be seen by the
    other organisation. ``waited_days``, ``passed_over`` (rounds that found nobody) and ``ahead``
    (a mentor left them) say how long they have waited.
    """

    request: int
    person: int
    organisation: str | None
    sharing: bool
    skills: tuple[str, ...]
    field: str | None
    languages: frozenset[str]
    mode: str
    hours: frozenset[str]
    timezone: str
    waited_days: int
    passed_over: int
    ahead: bool


@dataclass(frozen=True, slots=True)
class Mentor:
    """Somebody who offers to be a mentor, with ``places`` left. The rest as for :class:`Seeker`."""

    person: int
    organisation: str | None
    sharing: bool
    skills: frozenset[str]
    field: str | None
    languages: frozenset[str]
    mode: str
    hours: frozenset[str]
    timezone: str
    places: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a seeker and a mentor fit, or why this seeker's turn has come.

    ``key`` and its ``values``, all of which JSON can hold:
    "skills" {"skills": [keys, the most wanted first]}, "field" {"field": key},
    "mode" {"mode": "online", "in_person" or "both": how they can meet}, "hours" {"hours": whole
    hours a week in which both have time}, "waiting" {"days": n}, "passed_over" {"rounds": n},
    "ahead" {}.
    """

    key: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pool:
    """Everybody of a round. ``barred``: (mentee's person, mentor's person) who are not to be
    brought together: one of them asked for it, staff did, or they were proposed before.

    Sorts itself (by request, by person): a round is the same whatever order rows came in.
    """

    seekers: tuple[Seeker, ...]
    mentors: tuple[Mentor, ...]
    barred: frozenset[tuple[int, int]] = frozenset()

    def __post_init__(self) -> None:
        seekers = sorted(self.seekers, key=lambda each: each.request)
        object.__setattr__(self, "seekers", tuple(seekers))
        mentors = sorted(self.mentors, key=lambda each: each.person)
        object.__setattr__(self, "mentors", tuple(mentors))
