"""Sends what the dispatcher hands over. One call to Slack after the other, none repeated."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.channels.slack import blocks as kit
from bot.channels.slack import errors, outbound, places
from bot.channels.slack.outbound import Part
from bot.channels.slack.people import People
from bot.channels.slack.places import Kind, Place
from bot.channels.slack.stale import Stale
from bot.channels.slack.tiers import LimitedClient
from bot.channels.slack.whispers import Whispers
from bot.channels.slack.windows import Shown, Windows
from bot.outgoing import Action, NotSent, Outgoing, Rejected, SendError, TooFast, Unreachable
from bot.pictures import MissingPicture, NoPictures, Pictures
from messages.message import Message, Picture
from messages.rich import size
from storage.errors import StorageError

HISTORY_PAGES = 3
HISTORY_PAGE = 100
MORE = "+"  # between the ids of a message's parts
CHANNEL = "slack"
# What an image block can show; anything else is uploaded into the chat.
IMAGES = frozenset({"image/png", "image/jpeg", "image/gif"})
PICTURE_TRIES, PICTURE_WAIT = 5, 1.0  # seconds
NONE = NoPictures()
SURELY_ONE = 2500  # characters, of which no message is made of two
EDIT_PATIENCE = 1.0  # seconds; then a new message says it instead
STARTED = 1000  # deliveries whose first parts are out, remembered until the rest is


class SlackSender:
    """``send`` as in :class:`bot.outgoing.Sender`; a message's id is "channel:ts"; those of several
    parts are joined by :data:`MORE`."""

    def __init__(
        self,
        client: LimitedClient,
        people: People,
        account: str = "",
        pictures: Pictures = NONE,
    ) -> None:
        self._client = client
        self._people = people
        self._account = account
        self._pictures = pictures
        self._windows = Windows(client)
        self._whispers = Whispers(client)
        self._stale = Stale(client)
        # delivery -> ids of its parts that were sent before one failed
        self._started: dict[int, list[str]] = {}

    async def send(self, outgoing: Outgoing) -> str:
        """Do it; the id of the (last) message. Raises a SendError."""
        place = places.read(outgoing.place)
        elsewhere = partial(self._elsewhere, place) if place is not None else self._send
        ways: dict[Action, Callable[[Outgoing], Awaitable[str]]] = {
            Action.SEND: elsewhere,
            Action.EDIT: self._edit,
            Action.CHANGE: self._change,
            Action.DELETE: self._delete,
            Action.FORM: self._form,
            Action.HOME: self._home,
        }
        try:
            return await ways[outgoing.action](outgoing)
        except SendError:
            raise
        except MissingPicture as problem:
            raise Rejected(str(problem)) from None
        except StorageError as problem:
            raise NotSent(str(problem)) from None
        except SlackApiError as error:
            raise await self._told_apart(error) from error
        except (SlackClientError, *errors.NETWORK) as error:
            raise errors.send_error(error) from error

    async def probe(self) -> None:
        """auth.test. Raises a SendError."""
        try:
            await self._client.auth_test()
        except (SlackClientError, *errors.NETWORK) as error:
            raise errors.send_error(error) from error

    def spare(self, outgoing: Outgoing) -> bool:
        """Whether this edit leaves enough to those that people wait for."""
        return self._client.tiers.spare("chat.update")

    def parts(self, outgoing: Outgoing) -> int:
        """How many messages it will be, for the limits."""
        if outgoing.action is Action.DELETE:
            return (outgoing.target or "").count(MORE) + 1
        if size(outgoing.message.text) < SURELY_ONE:
            return 1
        return max(1, len(outbound.parts(outgoing.message)))

    async def _told_apart(self, error: SlackApiError) -> SendError:
        """``account_inactive`` may mean the app's account or the person's."""
        if errors.code(error) == "account_inactive":
            try:
                await self._client.auth_test()
                return Unreachable("Slack: the person's account is deactivated")
            except (SlackApiError, TooFast, *errors.NETWORK):
                pass
        return errors.send_error(error)

    async def _elsewhere(self, place: Place, outgoing: Outgoing) -> str:
        """Answer where it was asked; in the chat where that is not possible (any more)."""
        match place.kind:
            case Kind.THREAD:
                return await self._post(outgoing, await self._parts(outgoing.message), place)
            case Kind.CHANNEL:
                there = replace(outgoing, chat=place.channel, user="")
                return await self._post(there, await self._parts(outgoing.message))
            case Kind.WHISPER if not (outgoing.trigger and _is_typed(outgoing.message)):
                done = await self._whispers.say(place, outgoing)
            case _:
                done = await self._windows.show(place, outgoing)
        return "" if done else await self._send(outgoing)

    def answering(self, window: str) -> AbstractContextManager[Shown]:
        """While the window of this id is sent in: what it is to show next, see windows.py."""
        return self._windows.answering(window)

    async def _send(self, outgoing: Outgoing) -> str:
        return await self._post(outgoing, await self._parts(outgoing.message))

    async def _parts(self, message: Message) -> list[Part]:
        """The message's parts, a picture of it uploaded before."""
        picture = message.picture
        if picture is None or picture.media_type not in IMAGES:
            return outbound.parts(message)
        copy = await self._copy(picture)
        return outbound.parts(message, kit.image(copy, picture.alt or PurePath(picture.name).stem))

    async def _copy(self, picture: Picture) -> str:
        """Slack's id of the picture, uploaded into no channel when it is not there yet."""

        async def upload() -> str:
            answer = await self._client.files_upload_v2(
                content=await self._pictures.content(picture.media),
                filename=picture.name,
                title=picture.name,
            )
            return str(answer["files"][0]["id"])

        return await self._pictures.copy(picture.media, CHANNEL, self._account, upload)

    async def _change(self, outgoing: Outgoing) -> str:
        """Change every part of the message in place, or refuse: it must not ring again."""
        targets = [part.partition(":") for part in (outgoing.target or "").split(MORE)]
        parts = await self._parts(outgoing.message)
        if len(parts) != len(targets) or not all(ts for _, _, ts in targets):
            raise Rejected("the message cannot be changed in place")
        for (channel, _, ts), part in zip(targets, parts, strict=True):
            try:
                await self._client.chat_update(channel=channel, ts=ts, **part.arguments())
            except SlackApiError as error:
                if errors.code(error) in errors.NOT_EDITABLE:
                    raise Rejected("the message cannot be changed any more") from error
                raise
        return outgoing.target or ""

    async def _delete(self, outgoing: Outgoing) -> str:
        """Take every part of a message back; one that is gone already does no harm."""
        for part in (outgoing.target or "").split(MORE):
            channel, _, ts = part.partition(":")
            if not (channel and ts):
                raise Rejected("there is no message to take back")
            try:
                await self._client.chat_delete(channel=channel, ts=ts)
            except SlackApiError as error:
                if errors.code(error) != "message_not_found":
                    raise
        return outgoing.target or ""

    async def _edit(self, outgoing: Outgoing) -> str:
        """Change the message; what doesn't fit follows it. Editing twice does no harm, so the
        message keeps the metadata of the delivery that created it. Where it cannot be changed, or
        not within a moment (edits are few, and everybody's), a new message says it."""
        last = (outgoing.target or "").rpartition(MORE)[2]
        channel, _, ts = last.partition(":")
        self._stale.changed(last, outgoing.message)
        parts = await self._parts(outgoing.message)
        if not (channel and ts and parts):
            return await self._post(outgoing, parts)
        try:
            await self._shown(
                lambda: self._client.chat_update(channel=channel, ts=ts, **parts[0].arguments())
            )
        except TooFast as told:
            waited_for = outgoing.user and not outgoing.tidy  # nobody waits for a channel's card
            if not waited_for or told.seconds <= EDIT_PATIENCE:
                raise
            return await self._post(outgoing, parts)
        except SlackApiError as error:
            if errors.code(error) in errors.NOT_EDITABLE and not outgoing.tidy:
                return await self._post(outgoing, parts)
            raise
        rest = parts[1:]
        if rest or outgoing.message.file:
            return await self._post(outgoing, rest) or f"{channel}:{ts}"
        return f"{channel}:{ts}"

    async def _post(self, outgoing: Outgoing, parts: list[Part], place: Place | None = None) -> str:
        """Post the parts and the file. When one fails, the next try goes on with it."""
        done = self._started.pop(outgoing.delivery, []) if outgoing.delivery else []
        try:
            for number in range(len(done), len(parts)):
                last = number == len(parts) - 1
                done.append(await self._post_part(outgoing, parts[number], place, last=last))
            if outgoing.message.file is not None:
                file = outgoing.message.file
                await self._upload(outgoing, file.name, file.text.encode())
            picture = outgoing.message.picture
            if picture is not None and picture.media_type not in IMAGES:
                content = await self._pictures.content(picture.media)
                await self._upload(outgoing, picture.name, content)
        except BaseException:
            self._remember(outgoing.delivery, done)
            raise
        if done and outgoing.user:
            self._stale.asked(done[-1], outgoing.message)
        return MORE.join(done)

    def _remember(self, delivery: int, done: list[str]) -> None:
        if delivery and done:
            self._started[delivery] = done
            if len(self._started) > STARTED:
                del self._started[next(iter(self._started))]

    async def _post_part(
        self, outgoing: Outgoing, part: Part, place: Place | None, *, last: bool
    ) -> str:
        more: dict[str, Any] = {"thread_ts": place.thread} if place and place.thread else {}
        if outgoing.delivery > 0 and last:
            more["metadata"] = outbound.metadata(outgoing.delivery)
        answer = await self._shown(
            lambda: self._client.chat_postMessage(
                channel=outgoing.chat or outgoing.user,
                mrkdwn=False,
                unfurl_links=False,
                unfurl_media=False,
                **part.arguments(),
                **more,
            )
        )
        self._people.spoken(str(answer["channel"]))
        if outgoing.user:
            self._people.met(outgoing.user, str(answer["channel"]))
        return f"{answer['channel']}:{answer['ts']}"

    async def _shown(self, call: Callable[[], Awaitable[Any]]) -> Any:
        """A picture just uploaded cannot be shown for a moment: Slack is still looking at it."""
        for _ in range(PICTURE_TRIES):
            try:
                return await call()
            except SlackApiError as error:
                if not errors.picture_not_ready(error):
                    raise
            await asyncio.sleep(PICTURE_WAIT)
        return await call()

    async def _upload(self, outgoing: Outgoing, name: str, content: bytes) -> None:
        channel = await self.direct(outgoing.chat or outgoing.user)
        await self._client.files_upload_v2(
            channel=channel, content=content, filename=name, title=name
        )

    async def _form(self, outgoing: Outgoing) -> str:
        if outgoing.message.form is None or not outgoing.trigger:
            raise Rejected("a form and a trigger are needed to open a window")
        place = places.read(outgoing.place) or Place(Kind.HOME)
        if outgoing.message.widget is None:
            await self._windows.open(place, outgoing)
            return ""
        try:
            shown = await self._windows.show(place, outgoing)
        except Rejected:
            shown = False
        if shown:
            return ""
        # Too late, or too much for a window: the chat asks.
        return await self._send(replace(outgoing, message=replace(outgoing.message, panels=())))

    async def _home(self, outgoing: Outgoing) -> str:
        view = outbound.home(outgoing.message)
        await self._client.views_publish(user_id=outgoing.user, view=view)
        return ""

    async def direct(self, chat: str) -> str:
        """The D… channel of a person's id; files and history know no other."""
        if not chat.startswith(("U", "W")):
            return chat
        known = self._people.chat(chat)
        if known is None:
            answer = await self._client.conversations_open(users=chat)
            known = str(answer["channel"]["id"])
            self._people.met(chat, known)
        return known

    async def untouched(self, chat: str | None) -> bool:
        """Whether nothing was ever said in this chat. Nobody knows while Slack doesn't tell."""
        if chat is None or self._people.has_spoken(chat):
            return False
        try:
            page = await self._client.conversations_history(channel=chat, limit=1)
        except (SlackApiError, TooFast, *errors.NETWORK):
            return False
        return not page.get("messages")

    async def settle(self, chat: str, delivery_id: int) -> bool | None:
        """Whether the message of a SEND whose answer was lost is there; None: can't tell now."""
        try:
            channel, cursor = await self.direct(chat), ""
            for _ in range(HISTORY_PAGES):
                page = await self._client.conversations_history(
                    channel=channel,
                    include_all_metadata=True,
                    limit=HISTORY_PAGE,
                    cursor=cursor or None,
                )
                if any(outbound.delivery_of(m) == delivery_id for m in page.get("messages") or []):
                    return True
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    break
        except (SlackApiError, TooFast, *errors.NETWORK):
            return None
        return False


def _is_typed(message: Message) -> bool:
    """Whether the answer has to be typed: in a channel the bot hears nothing but its name."""
    form = message.form
    return form is not None and any(field.required for field in form.fields)
