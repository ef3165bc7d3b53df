"""Windows: opened by whoever presses something, changed in place afterwards.

https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from slack_sdk.errors import SlackApiError

from bot.channels.slack import errors, forms
from bot.channels.slack.blocks import Json
from bot.channels.slack.places import Kind, Place
from bot.channels.slack.tiers import LimitedClient
from bot.outgoing import Outgoing

Shown: TypeAlias = Callable[[], Awaitable[Json | None]]

SHOWN_SECONDS = 1.5  # of the three in which a window that was sent in must be answered
OPENED = 1000  # triggers whose windows are remembered
# The window is closed, or the press too long ago: a message says it instead.
TOO_LATE = frozenset(
    {"exchanged_trigger_id", "expired_trigger_id", "invalid_trigger_id", "not_found",
     "trigger_expired", "trigger_exchanged", "view_not_found"}
)  # fmt: skip


class Windows:
    """The windows of one workspace."""

    def __init__(self, client: LimitedClient) -> None:
        self._client = client
        self._opened: OrderedDict[str, str] = OrderedDict()  # trigger -> view
        self._answered: dict[str, asyncio.Future[Json]] = {}  # view -> what it shows next

    async def show(self, place: Place, outgoing: Outgoing) -> bool:
        """Show a message in a window; whether there is one. Raises SlackApiError."""
        if outgoing.message.form is None or not (place.view or outgoing.trigger):
            return False
        try:
            await self.open(place, outgoing)
        except SlackApiError as error:
            if errors.code(error) in TOO_LATE:
                return False
            raise
        return True

    async def open(self, place: Place | None, outgoing: Outgoing) -> None:
        """Open a window, or put this into the one that it was asked in. A press opens one only:
        what comes of it later stands there as well."""
        view = forms.window(outgoing.message)
        known = place.view if place is not None and place.kind is Kind.VIEW else ""
        answered = self._answered.pop(known, None)
        if answered is not None and not answered.done():
            answered.set_result(view)
            return
        trigger = outgoing.trigger or ""
        if place is not None and place.push:
            await self._client.views_push(trigger_id=trigger, view=view)
            return
        known = known or self._opened.get(trigger, "")
        if known:
            await self._client.views_update(view_id=known, view=view)
            return
        answer = await self._client.views_open(trigger_id=trigger, view=view)
        self._opened[trigger] = str((answer.get("view") or {}).get("id") or "")
        if len(self._opened) > OPENED:
            self._opened.popitem(last=False)

    @contextmanager
    def answering(self, view: str) -> Iterator[Shown]:
        """While a window is sent in, what is to be shown in it goes with the acknowledgement, which
        closes it otherwise. ``view`` "": it closes. Gives what waits for that."""
        if not view:
            yield _nothing
            return
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._answered[view] = future

        async def shown() -> Json | None:
            try:
                return await asyncio.wait_for(asyncio.shield(future), SHOWN_SECONDS)
            except TimeoutError:
                return None

        try:
            yield shown
        finally:
            self._answered.pop(view, None)
            future.cancel()


async def _nothing() -> None:
    return None
