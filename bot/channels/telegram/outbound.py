"""Messages to a Telegram chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

from telegram import Bot, InputFile
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.channels.telegram.errors import (
    Floods,
    is_gone,
    is_other_kind,
    is_unchanged,
    is_uneditable,
    outgoing_error,
)
from bot.channels.telegram.keyboard import Markup, keyboard
from bot.channels.telegram.pictures import Photos
from bot.channels.telegram.request import FloodError
from bot.outgoing import Action, NotSent, Outgoing, Rejected, SendError, Unknown
from bot.pictures import MissingPicture, NoPictures, Pictures
from messages.message import File, Message, Rich
from messages.rich import size
from messages.telegram import html, length, texts
from storage.errors import StorageError

NO_PREVIEW = {"is_disabled": True}  # LinkPreviewOptions
CAPTION_LIMIT = 1024  # https://core.telegram.org/bots/api#senddocument
SURELY_ONE = 2000  # characters, of which no message is made of two
# https://core.telegram.org/bots/api#sendmessage: "up to 1000 messages per second … for a fee"
PAID = {"allow_paid_broadcast": True}
UNFINISHED = 1000  # messages of several parts of which it is remembered how far they got


MORE = "+"  # between the ids of a message's parts
NONE = NoPictures()

# method, parameters -> result, raising the library's errors
Call: TypeAlias = Callable[[str, dict[str, Any]], Awaitable[Any]]
# what stands below -> the id of what was sent
Step: TypeAlias = Callable[["Markup | None"], Awaitable[str]]


class Outbound:
    """Sends by ``call``, files through ``bot``. (Bot.send_message would make a Message of the
    answer, of which only the number is wanted; that took longer than all else about a message.)

    Remembers how many parts of a long message have gone, so that one that is sent again goes on
    where it stopped."""

    def __init__(
        self,
        call: Call,
        bot: Bot,
        account: str = "",
        pictures: Pictures = NONE,
        username: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._call = call
        self._username = username
        self._bot = bot
        self._photos = Photos(call, bot, account, pictures)
        self._floods = Floods()
        self._parts_sent: dict[int, list[str]] = {}

    async def send(self, outgoing: Outgoing) -> str:
        """The message's id. Raises SendError, as bot.outgoing.Sender says."""
        try:
            match outgoing.action:
                case Action.SEND:
                    return await self._send(outgoing)
                case Action.EDIT:
                    edited = await self._edit(outgoing)
                    return edited if edited or outgoing.tidy else await self._send(outgoing)
                case Action.CHANGE:
                    return await self._change(outgoing)
                case Action.DELETE:
                    return await self._delete(outgoing)
                case _:
                    raise Rejected(f"Telegram has no {outgoing.action}")
        except SendError:
            raise
        except MissingPicture as problem:
            raise Rejected(str(problem)) from None
        except StorageError as problem:
            raise NotSent(str(problem)) from None
        except FloodError as error:
            raise self._floods.note(outgoing.chat, error) from None
        except TelegramError as error:
            raise outgoing_error(error) from None
        except Exception as error:
            # The library choked on the answer: by then the message may have been sent.
            raise Unknown(f"the answer was not understood: {type(error).__name__}") from error

    def parts(self, outgoing: Outgoing) -> int:
        """How many messages it will be, for the limits."""
        message = outgoing.message
        if outgoing.action is Action.DELETE:
            return (outgoing.target or "").count(MORE) + 1
        if not (message.picture or message.file) and size(message.text) < SURELY_ONE:
            return 1
        try:
            return len(self._steps(outgoing))
        except Rejected:
            return 1

    def _keyboard(self, message: Message) -> Markup | None:
        return keyboard(message, self._username())

    async def _change(self, outgoing: Outgoing) -> str:
        """Change the message, or refuse: it must not ring again."""
        targets = (outgoing.target or "").split(MORE)
        parts = texts(outgoing.message.text)
        if len(parts) < 2 or outgoing.message.picture:
            changed = await self._edit(outgoing)
        else:
            changed = await self._change_all(outgoing, targets, parts)
        if not changed:
            raise Rejected("the message cannot be changed any more")
        return changed

    async def _change_all(
        self, outgoing: Outgoing, targets: Sequence[str], parts: Sequence[str]
    ) -> str:
        """Change a text of several parts into one of as many; "" where it is not one."""
        if len(targets) != len(parts):
            return ""
        buttons = self._keyboard(outgoing.message)
        for target, part in zip(targets, parts, strict=True):
            below = buttons if target == targets[-1] else None
            ways = [("editMessageText", _content(part, below))]
            if not await self._one(outgoing.chat, target, ways):
                return ""
        return outgoing.target or ""

    async def _edit(self, outgoing: Outgoing) -> str:
        """Change the message's last part, which has the buttons; its id, "" where it cannot be
        changed."""
        target = outgoing.target
        if not target or outgoing.message.file:
            return ""
        return await self._one(outgoing.chat, target, self._changes(outgoing))

    async def _one(self, chat: str, target: str, ways: Sequence[tuple[str, dict[str, Any]]]) -> str:
        """``target`` when one of the ways changed it, else ""."""
        for method, content in ways:
            try:
                await self._call(method, _message(chat, target) | content)
            except TelegramError as error:
                if is_unchanged(error):
                    return target
                if not is_uneditable(error):
                    raise
                if not is_other_kind(error):
                    break
            else:
                return target
        return ""

    def _changes(self, outgoing: Outgoing) -> list[tuple[str, dict[str, Any]]]:
        """How the message may be changed: as a text, or as a picture's caption. What it is at
        present only Telegram knows; what it shall be is tried first."""
        message, buttons = outgoing.message, self._keyboard(outgoing.message)
        ways = []
        if len(parts := texts(message.text)) == 1:
            ways.append(("editMessageText", _content(parts[0], buttons)))
        if parts and length(message.text) <= CAPTION_LIMIT:
            below = {"reply_markup": buttons} if buttons else {}
            caption = {"caption": parts[0], "parse_mode": ParseMode.HTML} | below
            ways.append(("editMessageCaption", caption))
        return ways[::-1] if message.picture else ways

    async def _delete(self, outgoing: Outgoing) -> str:
        """Take every part of a message back; one that is gone already does no harm."""
        for part in (outgoing.target or "").split(MORE):
            if not part:
                raise Rejected("there is no message to take back")
            try:
                await self._call("deleteMessage", _message(outgoing.chat, part))
            except TelegramError as error:
                if not is_gone(error):
                    raise
        return outgoing.target or ""

    async def _send(self, outgoing: Outgoing) -> str:
        """All parts in order; the buttons are below the last."""
        steps, buttons = self._steps(outgoing), self._keyboard(outgoing.message)
        done = self._parts_sent.get(outgoing.delivery, [])
        for number in range(len(done), len(steps)):
            last = number == len(steps) - 1
            done = [*done, await steps[number](buttons if last else None)]
            if not last:
                self._remember(outgoing.delivery, done)
        self._parts_sent.pop(outgoing.delivery, None)
        return MORE.join(done)

    def _steps(self, outgoing: Outgoing) -> list[Step]:
        """The calls that the message takes, in order."""
        message, chat = outgoing.message, outgoing.chat
        text, steps = message.text, list[Step]()
        paid = PAID if outgoing.paid else {}
        fits = length(text) <= CAPTION_LIMIT
        if message.picture:
            caption = text if fits and not message.file else ()
            steps.append(partial(self._photos.send, chat, message.picture, caption, paid))
            text = () if caption else text
        if not (message.file and fits):
            for number, part in enumerate(texts(text)):
                more = paid if number else paid | _quoting(message)
                steps.append(partial(self._text, chat, part, more))
        if message.file:
            steps.append(partial(self._file, chat, message.file, text if fits else ()))
        if not steps:
            raise Rejected("the message is empty")
        return steps

    def _remember(self, delivery: int, parts: list[str]) -> None:
        if delivery:
            self._parts_sent[delivery] = parts
            if len(self._parts_sent) > UNFINISHED:
                del self._parts_sent[next(iter(self._parts_sent))]

    async def _text(self, chat: str, text: str, paid: dict[str, Any], below: Markup | None) -> str:
        sent = await self._call("sendMessage", {"chat_id": chat} | _content(text, below) | paid)
        return str(sent["message_id"])

    async def _file(self, chat: str, file: File, caption: Rich, below: Markup | None) -> str:
        sent = await self._bot.send_document(
            chat,
            InputFile(file.text.encode(), filename=file.name),
            caption=html(caption) or None,
            parse_mode=ParseMode.HTML,
            api_kwargs={"reply_markup": below},
        )
        return str(sent.message_id)


def _quoting(message: Message) -> dict[str, Any]:
    """What is answered stands above the answer, where it is still there."""
    if message.quoted is None or not message.quoted.isdecimal():
        return {}
    number = int(message.quoted)
    return {"reply_parameters": {"message_id": number, "allow_sending_without_reply": True}}


def _message(chat: str, number: str) -> dict[str, Any]:
    """The last part of a message that was sent."""
    return {"chat_id": chat, "message_id": int(number.rpartition(MORE)[2])}


def _content(text: str, below: Markup | None) -> dict[str, Any]:
    content = {
        "text": text,
        "parse_mode": ParseMode.HTML,
        "link_preview_options": NO_PREVIEW,
    }
    return content | {"reply_markup": below} if below else content
