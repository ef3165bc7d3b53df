"""The local chat page as a channel, beside Telegram and Slack: no token, no account, no network."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime

import orjson

from bot.channels.preview.access import Access
from bot.channels.preview.render import Renderer
from bot.channels.preview.said import Posted
from bot.channels.preview.transcript import Item, Transcripts
from bot.incoming import Edited, Handle, Incoming
from bot.outgoing import Action, Outgoing, Rejected
from bot.pictures import MissingPicture, NoPictures, Pictures
from messages.message import File, Picture

CAN = frozenset({"edit", "file"})
NONE = NoPictures()
HEARTBEAT = 15.0  # seconds; a proxy or a browser gives up on a silent stream after 30 or more
RETRY = 1000  # milliseconds until a browser that lost the stream asks again


def _now() -> datetime:
    return datetime.now(UTC)


class PreviewChannel:
    """Implements :class:`bot.outgoing.Channel`. ``handle`` plays an event; the routes of
    :mod:`bot.channels.preview.routes` bring them."""

    channel = "preview"
    account = "local"

    def __init__(
        self,
        handle: Handle,
        renderer: Renderer,
        *,
        access: Access | None = None,
        now: Callable[[], datetime] = _now,
        pictures: Pictures = NONE,
    ) -> None:
        self.renderer = renderer
        self.pictures = pictures
        self.access = access or Access()
        self.transcripts = Transcripts()
        self.last_contact: datetime | None = None
        self._handle = handle
        self._now = now

    async def start(self) -> None:
        """Nothing to do: browsers come by themselves."""

    async def stop(self) -> None:
        """End the browsers' streams, so that the web server can end too."""
        self.transcripts.close()

    async def receive(self, posted: Posted) -> None:
        """Play what a browser posted; returns when its effects are committed.

        Raises what ``handle`` raises: then nothing was said, and the browser asks again with
        the same event id.
        """
        self.last_contact = self._now()
        item = self._echo(posted)
        try:
            await self._handle(self._incoming(posted))
        except Exception:
            if item is not None:
                item.removed = True
                self.transcripts.changed(item)
            raise

    async def send(self, outgoing: Outgoing) -> str:
        """Show a message; returns its id. Raises Rejected for windows and home pages."""
        if outgoing.action in (Action.FORM, Action.HOME):
            raise Rejected(f"the chat page has no {outgoing.action.value}")
        message = outgoing.message
        item = None
        if outgoing.action in (Action.EDIT, Action.CHANGE, Action.DELETE):
            item = self.transcripts.find(outgoing.chat, outgoing.target)
        if outgoing.action is Action.DELETE:
            return self._take_back(item)
        if outgoing.action is Action.CHANGE and item is None:
            raise Rejected("the message is not there any more")
        token = secrets.token_urlsafe(16) if message.file else ""
        shown = secrets.token_urlsafe(16) if message.picture else ""
        html = self.renderer.bubble(
            message,
            f"/preview/file/{token}" if token else None,
            f"/preview/picture/{shown}" if shown else None,
        )
        if item is None:
            item = self.transcripts.add(
                outgoing.chat, "bot", html, language=message.language, at=self._now()
            )
        else:
            item.html, item.language, item.edited = html, message.language, True
        item.file, item.file_token = message.file, token
        item.picture, item.picture_token = message.picture, shown
        item.placeholder = message.widget.placeholder if message.widget else ""
        self.transcripts.changed(item)
        return item.id

    def _take_back(self, item: Item | None) -> str:
        if item is None:
            raise Rejected("the message is not there any more")
        item.removed = True
        self.transcripts.changed(item)
        return item.id

    async def picture(self, token: str) -> tuple[Picture, bytes] | None:
        """The picture that a message of this run carried, and its content."""
        picture = self.transcripts.picture(token)
        if picture is None:
            return None
        try:
            return picture, await self.pictures.content(picture.media)
        except MissingPicture:
            return None

    def file(self, token: str) -> File | None:
        """The file that a message of this run carried."""
        return self.transcripts.file(token)

    async def stream(self, users: Sequence[str], last: str) -> AsyncIterator[bytes]:
        """Server-sent events for these people, from ``last`` ("epoch.seq", or "") on, for ever."""
        epoch, _, seen = last.partition(".")
        seq = int(seen) if epoch == self.transcripts.epoch and seen.isdecimal() else 0
        yield _event("hello", {"epoch": self.transcripts.epoch}, retry=RETRY)
        caught_up = False
        with self.transcripts.bell() as bell:
            while not self.transcripts.closed:
                bell.clear()
                for item in self.transcripts.since(users, seq):
                    seq = item.seq
                    yield _event("item", _wire(item), f"{self.transcripts.epoch}.{seq}")
                if not caught_up:
                    caught_up = True
                    yield _event("ready", {})
                self.last_contact = self._now()
                try:
                    await asyncio.wait_for(bell.wait(), HEARTBEAT)
                except TimeoutError:
                    yield b":\n\n"

    def _echo(self, posted: Posted) -> Item | None:
        """Show the person what they said, once however often it is posted.

        Returns the bubble to take back when the event cannot be played.
        """
        html = self.renderer.mine(posted.said, posted.language or "")
        if not html:
            return None
        if isinstance(posted.said, Edited):
            self._echo_edit(posted, html)
            return None
        item = self.transcripts.of_event(posted.user, posted.event)
        if item is None:
            return self.transcripts.add(
                posted.user,
                "me",
                html,
                language=posted.language or "",
                at=self._now(),
                event=posted.event,
            )
        if not item.removed:
            return None
        item.removed = False
        self.transcripts.changed(item)
        return item

    def _echo_edit(self, posted: Posted, html: str) -> None:
        item = self.transcripts.find(posted.user, posted.message)
        if item is not None and item.sender == "me" and item.html != html:
            item.html, item.edited = html, True
            self.transcripts.changed(item)

    def _incoming(self, posted: Posted) -> Incoming:
        return Incoming(
            channel=self.channel,
            account=self.account,
            user=posted.user,
            chat=posted.user,
            event_id=posted.event,
            at=self._now(),
            said=posted.said,
            locale=posted.language,
            username=posted.name,
            message=posted.message,
            can=CAN,
        )


def _wire(item: Item) -> dict[str, object]:
    return {
        "id": item.id,
        "number": item.number,
        "seq": item.seq,
        "user": item.user,
        "sender": item.sender,
        "html": "" if item.removed else item.html,
        "language": item.language,
        "at": item.at.isoformat(),
        "event": item.event,
        "edited": item.edited,
        "removed": item.removed,
        "placeholder": item.placeholder,
    }


def _event(kind: str, data: dict[str, object], id_: str = "", retry: int = 0) -> bytes:
    lines = [f"event: {kind}".encode(), b"data: " + orjson.dumps(data)]
    if id_:
        lines.append(f"id: {id_}".encode())
    if retry:
        lines.append(f"retry: {retry}".encode())
    return b"\n".join(lines) + b"\n\n"
