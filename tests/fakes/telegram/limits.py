"""Rates: about one message a second to a chat (bursts pass), 30 a second over all."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from tests.fakes.telegram.errors import too_fast


@dataclass(slots=True)
class _Bucket:
    rate: float
    burst: float
    level: float = 0.0
    at: float = field(default_factory=time.monotonic)

    def take(self) -> float:
        """Seconds to wait; 0 when the message may go."""
        now = time.monotonic()
        self.level = max(0.0, self.level - (now - self.at) * self.rate)
        self.at = now
        if self.level + 1 > self.burst + 1e-9:
            return (self.level + 1 - self.burst) / self.rate
        self.level += 1
        return 0.0


class RateLimits:
    """https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this"""

    def __init__(
        self, *, per_chat: float = 1.0, chat_burst: int = 3, overall: float = 30.0
    ) -> None:
        self._per_chat = per_chat
        self._chat_burst = chat_burst
        self._overall = _Bucket(overall, overall)
        self._chats: dict[int, _Bucket] = {}

    def check(self, chat: int) -> None:
        """Raises ApiError 429 with ``retry_after`` when a message to ``chat`` comes too soon."""
        bucket = self._chats.get(chat)
        if bucket is None:
            bucket = self._chats[chat] = _Bucket(self._per_chat, self._chat_burst)
        wait = bucket.take() or self._overall.take()
        if wait:
            raise too_fast(max(1, math.ceil(wait)))
