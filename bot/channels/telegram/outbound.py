"""Messages to a Telegram chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from telegram import Bot, InputFile
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.channels.telegram.errors import Floods, is_unchanged, is_uneditable, outgoing_error
from bot.channels.telegram.keyboard import Markup, keyboard
from bot.channels.telegram.request import FloodError
from bot.outgoing import Action, Outgoing, Rejected, SendError, Unknown
from messages.message import File, Message, Rich
from messages.telegram import html, length, texts

NO_PREVIEW = {"is_disabled": True}  # LinkPreviewOptions
CAPTION_LIMIT = 1024  # https://core.telegram.org/bots/api#senddocument
UNFINISHED = 1000  # messages of several parts of which it is remembered how far they got


# method, parameters -> result, raising the library's errors
Call: TypeAlias = Callable[[str, dict[str, Any]], Awaitable[Any]]


class Outbound:
    """Sends by ``call``, files through ``bot``. (Bot.send_message would make a Message of the
    answer, of which only the number is wanted; that took longer than all else about a message.)

    Remembers how many parts of a long message have gone, so that one that is sent again goes on
    where it stopped."""

    def __init__(self, call: Call, bot: Bot) -> None:
        self._call = call
        self._bot = bot
        self._floods = Floods()
        self._parts_sent: dict[int, int] = {}

    async def send(self, outgoing: Outgoing) -> str:
        """The message's id. Raises SendError, as bot.outgoing.Sender says."""
        try:
            match outgoing.action:
                case Action.SEND:
                    return await self._send(outgoing)
                case Action.EDIT:
                    return await self._edit(outgoing)
                case _:
                    raise Rejected(f"Telegram has no {outgoing.action}")
        except SendError:
            raise
        except FloodError as error:
            raise self._floods.note(outgoing.chat, error) from None
        except TelegramError as error:
            raise outgoing_error(error) from None
        except Exception as error:
            # The library choked on the answer: by then the message may have been sent.
            raise Unknown(f"the answer was not understood: {type(error).__name__}") from error

    async def _edit(self, outgoing: Outgoing) -> str:
        """Change the message; send a new one where it cannot be changed."""
        message = outgoing.message
        if not outgoing.target or message.file or len(parts := texts(message.text)) != 1:
            return await self._send(outgoing)
        try:
            target = {"chat_id": outgoing.chat, "message_id": int(outgoing.target)}
            await self._call("editMessageText", target | _content(parts[0], keyboard(message)))
        except TelegramError as error:
            if is_uneditable(error):
                return await self._send(outgoing)
            if not is_unchanged(error):
                raise
        return outgoing.target

    async def _send(self, outgoing: Outgoing) -> str:
        """All parts in order; the buttons are below the last."""
        message, chat = outgoing.message, outgoing.chat
        buttons = keyboard(message)
        parts, caption = _parts(message)
        last = len(parts) - (0 if message.file else 1)
        sent = ""
        for number in range(self._parts_sent.get(outgoing.delivery, 0), last + 1):
            below = buttons if number == last else None
            if number < len(parts):
                sent = await self._text(chat, parts[number], below)
            elif message.file:
                sent = await self._file(chat, message.file, caption, below)
            if number < last:
                self._remember(outgoing.delivery, number + 1)
        self._parts_sent.pop(outgoing.delivery, None)
        return sent

    def _remember(self, delivery: int, parts: int) -> None:
        if delivery:
            self._parts_sent[delivery] = parts
            if len(self._parts_sent) > UNFINISHED:
                del self._parts_sent[next(iter(self._parts_sent))]

    async def _text(self, chat: str, text: str, below: Markup | None) -> str:
        sent = await self._call("sendMessage", {"chat_id": chat} | _content(text, below))
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


def _content(text: str, below: Markup | None) -> dict[str, Any]:
    content = {
        "text": text,
        "parse_mode": ParseMode.HTML,
        "link_preview_options": NO_PREVIEW,
    }
    return content | {"reply_markup": below} if below else content


def _parts(message: Message) -> tuple[Sequence[str], Rich]:
    """The texts to send one after the other, and a file's caption."""
    if message.file and length(message.text) <= CAPTION_LIMIT:
        return (), message.text
    parts = texts(message.text)
    if not parts and not message.file:
        raise Rejected("the message is empty")
    return parts, ()
