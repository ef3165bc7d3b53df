"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "OK"
    REMARK = "REMARK"  # works, but should be looked at
    PROBLEM = "PROBLEM"  # does not work


@dataclass(frozen=True, slots=True)
class Finding:
    """``text`` says what is so, and where something is to be done, what."""

    level: Level
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{self.level.value:<8} {self.subject}: {' '.join(self.text.split())}"


def ok(subject: str, text: str) -> Finding:
    return Finding(Level.OK, subject, text)


def remark(subject: str, text: str) -> Finding:
    return Finding(Level.REMARK, subject, text)


def problem(subject: str, text: str) -> Finding:
    return Finding(Level.PROBLEM, subject, text)
