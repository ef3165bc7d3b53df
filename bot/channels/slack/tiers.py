"""Slack's limits: how many calls of a method the workspace allows, and which are held by a 429.

A method has a tier, a number of calls a minute that everybody in the workspace shares; messages
are counted for each channel instead (and for the workspace, but Slack says no number). A 429 holds
what was counted together: the method, or the channel's messages. Nothing that is held is called:
:class:`TooFast` says how long it would wait.

https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.channels.slack import errors
from bot.outgoing import TooFast

MINUTE = 61.0  # seconds; one more, as calls take unlike long to arrive
TIER_2, TIER_3, TIER_4 = 20, 50, 100  # calls a minute
# From the page of each method, https://docs.slack.dev/reference/methods
TIERS = {
    "chat.delete": TIER_3,
    "chat.postEphemeral": TIER_4,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.list": TIER_2,
    "conversations.open": TIER_3,
    "files.completeUploadExternal": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "users.info": TIER_4,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}
POST = "chat.postMessage"
CHANNEL_SECONDS = 1.0  # "1 per second per channel. Short bursts are allowed"
POSTS = 8  # of a channel that are remembered
CHANNELS = 2000  # that are remembered
SPARED = 0.5  # of a tier, that what only tidies up leaves to what people wait for


@dataclass(slots=True, eq=False)
class Limit:
    """What Slack counts together: ``scope`` is "method", "channel" or "everyone" (their messages).
    Times are the clock's; ``most`` calls a minute; ``doubtful`` after a refusal, until a call was
    taken: then one goes at a time."""

    scope: str
    most: int | None = None
    one_at_a_time: bool = False
    held_until: float = -math.inf
    doubtful: bool = False
    begun: deque[float] = field(default_factory=lambda: deque(maxlen=TIER_4))
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def wait(self, now: float, share: float = 1.0) -> float:
        """Seconds until a call may begin, were only that ``share`` of the tier there."""
        until = self.held_until
        if self.most is not None:
            most = max(1, int(self.most * share))
            if len(self.begun) >= most:
                until = max(until, self.begun[-most] + MINUTE)
        return max(0.0, until - now)


class Tiers:
    """The limits of one app in one workspace. ``clock`` is the running loop's when not given."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._methods: dict[str, Limit] = {}
        self._channels: OrderedDict[str, Limit] = OrderedDict()

    def wait(self, method: str) -> float:
        """Seconds until the method may be called."""
        return self._method(method).wait(self._clock())

    def spare(self, method: str) -> bool:
        """Whether a call may go now that nobody would miss: none is under way, and half of the
        tier is left to the others."""
        limit = self._method(method)
        return not (limit.lock.locked() or limit.doubtful) and (
            limit.wait(self._clock(), SPARED) == 0
        )

    @asynccontextmanager
    async def call(self, method: str, channel: str = "") -> AsyncIterator[None]:
        """Around a call. Raises TooFast instead of letting it begin before its time, and when
        Slack refused it for being too fast."""
        limits = [self._method(method)]
        if method == POST:
            limits.append(self._channel(channel))
        async with AsyncExitStack() as stack:
            for limit in limits:
                if limit.one_at_a_time or limit.doubtful:
                    await stack.enter_async_context(limit.lock)
            now = self._clock()
            self._refuse(limits, now)
            for limit in limits:
                limit.begun.append(now)
            try:
                yield
            except SlackApiError as error:
                told = errors.send_error(error)
                if not isinstance(told, TooFast):
                    raise
                raise self._hold(limits, told.seconds) from error
            for limit in limits:
                limit.doubtful = False

    def _refuse(self, limits: list[Limit], now: float) -> None:
        for limit in limits:
            if (wait := limit.wait(now)) > 0:
                raise _too_fast(limit, wait)

    def _hold(self, limits: list[Limit], seconds: float) -> TooFast:
        """A 429: of the channel's messages when it had more than its share and nothing longer is
        asked than that takes to even out, else of the method."""
        its_own = _was_fast(limits[-1]) and seconds <= POSTS * CHANNEL_SECONDS
        limit = limits[-1] if its_own else limits[0]
        limit.held_until = max(limit.held_until, self._clock() + seconds)
        limit.doubtful = True
        return _too_fast(limit, limit.wait(self._clock()))

    def _method(self, method: str) -> Limit:
        if method not in self._methods:
            most = TIERS.get(method)
            scope = "everyone" if method == POST else "method"
            self._methods[method] = Limit(scope, most, one_at_a_time=most == TIER_3)
        return self._methods[method]

    def _channel(self, channel: str) -> Limit:
        limit = self._channels.setdefault(channel, Limit("channel"))
        self._channels.move_to_end(channel)
        if len(self._channels) > CHANNELS:
            self._channels.popitem(last=False)
        return limit


def _too_fast(limit: Limit, seconds: float) -> TooFast:
    return TooFast(seconds, everyone=limit.scope == "everyone", method=limit.scope == "method")


def _was_fast(posts: Limit) -> bool:
    """Whether a channel's messages came quicker than one a second, over any of the last few."""
    *before, last = list(posts.begun)[-POSTS:]
    return any(
        last - at < number * CHANNEL_SECONDS for number, at in enumerate(reversed(before), 1)
    )


class LimitedClient(AsyncWebClient):
    """The Web API, within the limits. Calls raise TooFast where they would go beyond."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.tiers = Tiers()

    async def api_call(self, api_method: str, **given: Any) -> AsyncSlackResponse:
        arguments = given.get("json") or given.get("params") or {}
        async with self.tiers.call(api_method, str(arguments.get("channel") or "")):
            return await super().api_call(api_method, **given)
