"""Who writes: their language and time zone, and which chat is theirs. In memory only."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack.errors import NETWORK
from bot.outgoing import TooFast

T = TypeVar("T")
log = structlog.get_logger(__name__)

FRESH = 24 * 3600.0
FRESH_UNKNOWN = 60.0  # Slack did not say: ask again soon, but not before every message
LOOKUP_SECONDS = 1.0  # of the three in which an event must be acknowledged
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Profile:
    locale: str | None = None
    timezone: str | None = None
    username: str | None = None
    name: str | None = None


class People:
    """Profiles from users.info, kept for a day, and chats seen in events and answers."""

    def __init__(self, client: AsyncWebClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._profiles: dict[str, tuple[float, Profile]] = {}
        self._chats: dict[str, str] = {}
        self._spoken: dict[str, bool] = {}

    async def profile(self, user: str) -> Profile:
        """Their profile; an empty one when Slack doesn't tell within a second."""
        until, known = self._profiles.get(user, (0.0, Profile()))
        if self._clock() < until:
            return known
        try:
            call = self._client.users_info(user=user, include_locale=True)
            found = (await asyncio.wait_for(call, LOOKUP_SECONDS)).get("user") or {}
        except (SlackApiError, TooFast, *NETWORK) as error:
            log.debug("slack.profile_not_told", error=type(error).__name__)
            _keep(self._profiles, user, (self._clock() + FRESH_UNKNOWN, known))
            return known
        about = found.get("profile") or {}
        profile = Profile(
            found.get("locale"), found.get("tz"), found.get("name"),
            about.get("real_name") or found.get("real_name"),
        )  # fmt: skip
        _keep(self._profiles, user, (self._clock() + FRESH, profile))
        return profile

    def chat(self, user: str) -> str | None:
        """Their D… channel, if it was seen."""
        return self._chats.get(user)

    def spoken(self, chat: str) -> None:
        """Something was said there."""
        _keep(self._spoken, chat, True)

    def has_spoken(self, chat: str) -> bool:
        """Whether something is known to have been said there."""
        return chat in self._spoken

    def met(self, user: str, chat: str) -> None:
        _keep(self._chats, user, chat)


def _keep(cache: dict[str, T], key: str, value: T) -> None:
    """Remember, and forget the oldest when there are too many."""
    cache.pop(key, None)
    cache[key] = value
    if len(cache) > MOST:
        del cache[next(iter(cache))]


class Order:
    """Lets the events of one person through one after the other, in the order they came."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, user: str) -> AsyncIterator[None]:
        lock, waiting = self._locks.get(user, (asyncio.Lock(), 0))
        self._locks[user] = (lock, waiting + 1)
        try:
            async with lock:  # first come, first served
                yield
        finally:
            lock, waiting = self._locks.pop(user)
            if waiting > 1:
                self._locks[user] = (lock, waiting - 1)
