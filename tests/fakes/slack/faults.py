"""What can go wrong on the way, on demand."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["drop_before", "drop_after", "hang", "429", "500", "503", "latency"]


@dataclass
class Fault:
    """One fault for calls of ``method`` ("*": all), ``times`` of them."""

    kind: Kind
    method: str = "*"
    times: int = 1
    seconds: float = 1.0  # of latency, or Retry-After


@dataclass
class Faults:
    """All faults of a server. ``latency`` delays every answer by so many seconds.

    ``deliveries`` events arrive so many times in all, with ``shuffle`` in any order among those
    of the last ``shuffle_seconds``.
    """

    latency: float = 0.0
    deliveries: int = 1
    shuffle: bool = False
    shuffle_seconds: float = 0.1
    seed: int = 1
    planned: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def plan(self, kind: Kind, method: str = "*", *, times: int = 1, seconds: float = 1.0) -> None:
        """From now on ``times`` calls of ``method`` go wrong."""
        self.planned.append(Fault(kind, method, times, seconds))

    def clear(self) -> None:
        self.planned.clear()
        self.latency, self.deliveries, self.shuffle = 0.0, 1, False

    def take(self, method: str) -> Fault | None:
        """The fault this call shall suffer."""
        for fault in self.planned:
            if fault.method in ("*", method):
                fault.times -= 1
                if fault.times <= 0:
                    self.planned.remove(fault)
                return fault
        return None
