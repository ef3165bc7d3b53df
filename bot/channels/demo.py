"""The people of ``domov demo`` as a channel: what is sent to them goes nowhere.

They do not exist, but a broadcast or an invitation to them can be planned, watched and exported
like any other. There is no such channel where a platform is connected.
"""

from __future__ import annotations

from datetime import UTC, datetime

from bot.outgoing import Action, Outgoing, Rejected


class DemoChannel:
    """Implements :class:`bot.outgoing.Channel`."""

    channel = "demo"
    account = "demo"

    def __init__(self) -> None:
        self.last_contact: datetime | None = None
        self._count = 0

    async def start(self) -> None:
        """Nobody is there."""

    async def stop(self) -> None:
        """Nobody was there."""

    async def send(self, outgoing: Outgoing) -> str:
        """Say that it was sent; the message's id. Raises Rejected for windows and home pages."""
        if outgoing.action in (Action.FORM, Action.HOME):
            raise Rejected(f"the people of the demo have no {outgoing.action.value}")
        self.last_contact = datetime.now(UTC)
        if outgoing.action is not Action.SEND and outgoing.target:
            return outgoing.target
        self._count += 1
        return str(self._count)
