"""Reasons of a proposal: a sentence each, for whoever reads it."""

from __future__ import annotations

from typing import Any

import pytest

from outreach.mentoring.reasons import sentences
from tests.outreach.inviting import expats
from tests.outreach.mentoring.introducing import ASKED, LANGUAGES, WORDS


def said(role: str, language: str, *reasons: tuple[str, dict[str, Any]]) -> tuple[str, ...]:
    return sentences(reasons, role, WORDS, language, expats())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["mentor", "mentee", "staff"])
def test_every_reason_is_one_sentence(role: str, language: str) -> None:
    made = sentences(ASKED.reasons, role, WORDS, language, expats())
    assert len(made) == len(ASKED.reasons)
    for sentence in made:
        assert sentence.endswith(".")
        assert "\n" not in sentence


@pytest.mark.parametrize(
    ("count", "slovak", "slovenian"),
    [
        (1, "1 hodinu", "1 uro"),
        (2, "2 hodiny", "2 uri"),
        (3, "3 hodiny", "3 ure"),
        (5, "5 hodín", "5 ur"),
        (102, "102 hodín", "102 uri"),
    ],
)
def test_hours_follow_the_language(count: int, slovak: str, slovenian: str) -> None:
    reason = ("hours", {"hours": count})
    assert said("mentor", "sk", reason) == (
        f"V rovnakom čase máte voľno približne {slovak} týždenne.",
    )
    assert said("staff", "sk", reason) == (
        f"V rovnakom čase majú voľno približne {slovak} týždenne.",
    )
    assert said("mentor", "sl", reason) == (
        f"Na teden imata približno {slovenian} skupnega prostega časa.",
    )


@pytest.mark.parametrize(
    ("days", "slovak", "slovenian"),
    [(1, "deň", "dan"), (2, "dni", "dneva"), (4, "dni", "dni"), (45, "dní", "dni")],
)
def test_waiting_follows_the_language(days: int, slovak: str, slovenian: str) -> None:
    reason = ("waiting", {"days": days})
    assert said("mentee", "sk", reason) == (f"Čakáte už {days} {slovak}.",)
    assert said("mentee", "sl", reason) == (f"Čakate že {days} {slovenian}.",)


def test_skills_are_called_as_the_blueprint_calls_them() -> None:
    made = said("mentee", "sk", ("skills", {"skills": ["teamwork", "communication"]}))
    assert made == ("Ponúka to, čo hľadáte: Tímová práca, Komunikácia.",)


@pytest.mark.parametrize(
    "reason",
    [
        ("skills", {"skills": []}), ("skills", {}), ("field", {"field": None}), ("mode", {}),
        ("mode", {"mode": "telepathy"}), ("hours", {"hours": 0}), ("waiting", {"days": 0}),
        ("stars", {"sign": "lion"}),
    ],
)  # fmt: skip
def test_reason_that_says_nothing_is_left_out(reason: tuple[str, dict[str, Any]]) -> None:
    assert said("mentor", "en", reason) == ()


def test_mentor_does_not_hear_of_another_mentor() -> None:
    assert said("mentor", "en", ("ahead", {})) == ("This request comes first in this round.",)
    assert "another mentor" in said("mentee", "en", ("ahead", {}))[0]
    assert "another mentor" in said("staff", "en", ("ahead", {}))[0]
