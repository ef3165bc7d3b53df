"""How often Slack may be called: each method's tier, for the whole workspace.

Refused is what would be one too many within a minute, and whatever comes before the ``Retry-After``
of a refusal is over: Slack counts that against the app, and so does :attr:`Tiers.inside`.
https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import math
import time
from collections import Counter, deque
from collections.abc import Callable

MINUTE = 60.0
# https://docs.slack.dev/reference/methods
A_MINUTE = {
    "chat.delete": 50,
    "chat.postEphemeral": 100,
    "chat.update": 50,
    "conversations.history": 50,
    "conversations.info": 50,
    "conversations.list": 20,
    "conversations.open": 50,
    "files.completeUploadExternal": 100,
    "files.getUploadURLExternal": 100,
    "users.info": 100,
    "views.open": 100,
    "views.publish": 100,
    "views.push": 100,
    "views.update": 100,
}
POST = "chat.postMessage"


class Tiers:
    """``posts_a_second`` limits messages in each channel (None: any number), a burst of
    ``posts_burst`` passes; ``posts_a_minute`` those of the workspace. ``refused`` and ``inside``
    count by method."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.a_minute: dict[str, int] = dict(A_MINUTE)
        self.posts_a_second: float | None = None
        self.posts_burst = 3
        self.posts_a_minute: int | None = None
        self.refused: Counter[str] = Counter()
        self.inside: Counter[str] = Counter()
        self._taken: dict[str, deque[float]] = {}
        self._held: dict[str, float] = {}

    def too_fast(self, method: str, channel: str = "") -> int | None:
        """Whole seconds of ``Retry-After`` when this call is refused, else None."""
        limits = self._limits(method, channel)
        now = self.clock()
        held = max((self._held.get(name, 0.0) for name, _, _ in limits), default=0.0)
        if held > now:
            self.inside[method] += 1
            return self._refuse(method, held - now)
        for name, most, seconds in limits:
            taken = self._taken.setdefault(name, deque())
            while taken and now - taken[0] >= seconds:
                taken.popleft()
            if len(taken) >= most:
                wait = self._refuse(method, (taken[0] if taken else now) + seconds - now)
                self._held[name] = now + wait
                return wait
        for name, _, _ in limits:
            self._taken[name].append(now)
        return None

    def _refuse(self, method: str, wait: float) -> int:
        self.refused[method] += 1
        return max(1, math.ceil(wait))

    def _limits(self, method: str, channel: str) -> list[tuple[str, int, float]]:
        """What the call counts for: name, how many, in how many seconds."""
        limits = []
        if method in self.a_minute:
            limits.append((method, self.a_minute[method], MINUTE))
        if method == POST and self.posts_a_minute is not None:
            limits.append((method, self.posts_a_minute, MINUTE))
        if method == POST and self.posts_a_second is not None:
            seconds = self.posts_burst / self.posts_a_second
            limits.append((f"{method} {channel}", self.posts_burst, seconds))
        return limits
