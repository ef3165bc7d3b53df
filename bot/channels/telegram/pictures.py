"""Pictures and files of the media table in a Telegram chat: uploaded once, then named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telegram import Bot, InputFile, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.channels.telegram.inbound import CHANNEL
from messages.message import Picture
from messages.telegram import html

if TYPE_CHECKING:
    from bot.channels.telegram.keyboard import Markup
    from bot.channels.telegram.outbound import Call
    from bot.pictures import Pictures
    from messages.message import Rich

# https://core.telegram.org/bots/api#sendphoto: at most 10 MB; other files 50 MB
PHOTOS = frozenset({"image/jpeg", "image/png", "image/webp"})
UPLOAD_SECONDS = 60.0  # for an answer to an upload
UNKNOWN_COPY = ("wrong file identifier", "wrong remote file identifier", "file_reference_expired")


class Photos:
    """Sends pictures by ``call`` when Telegram has them, through ``bot`` when it doesn't yet."""

    def __init__(self, call: Call, bot: Bot, account: str, store: Pictures) -> None:
        self._call = call
        self._bot = bot
        self._account = account
        self._store = store

    async def send(
        self,
        chat: str,
        picture: Picture,
        caption: Rich,
        more: dict[str, Any],
        below: Markup | None,
    ) -> str:
        """The message's id. The first message with a picture uploads it; its own message is the
        upload. ``more`` goes with the call. Raises TelegramError, MissingPicture, StorageError."""
        first: list[str] = []

        async def upload() -> str:
            message = await self._upload(chat, picture, caption, more, below)
            first.append(str(message.message_id))
            return _reference(message)

        copy = await self._store.copy(picture.media, CHANNEL, self._account, upload)
        if first:
            return first[0]
        try:
            return await self._send_copy(chat, picture, copy, caption, more, below)
        except BadRequest as error:
            if not any(phrase in error.message.lower() for phrase in UNKNOWN_COPY):
                raise
            await self._store.forget(picture.media, CHANNEL, self._account)
        await self._store.copy(picture.media, CHANNEL, self._account, upload)
        return first[0] if first else await self.send(chat, picture, caption, more, below)

    async def _send_copy(
        self,
        chat: str,
        picture: Picture,
        copy: str,
        caption: Rich,
        more: dict[str, Any],
        below: Markup | None,
    ) -> str:
        method, name = ("sendPhoto", "photo") if _photo(picture) else ("sendDocument", "document")
        parameters: dict[str, Any] = {"chat_id": chat, name: copy} | _caption(caption) | more
        if below:
            parameters["reply_markup"] = below
        sent = await self._call(method, parameters)
        return str(sent["message_id"])

    async def _upload(
        self,
        chat: str,
        picture: Picture,
        caption: Rich,
        more: dict[str, Any],
        below: Markup | None,
    ) -> Message:
        content = await self._store.content(picture.media)
        send = self._bot.send_photo if _photo(picture) else self._bot.send_document
        file = InputFile(content, filename=picture.name)
        return await send(
            chat,
            file,
            caption=html(caption) or None,
            parse_mode=ParseMode.HTML,
            read_timeout=UPLOAD_SECONDS,
            api_kwargs=(more | {"reply_markup": below} if below else more) or None,
        )


def _photo(picture: Picture) -> bool:
    return picture.media_type in PHOTOS


def _caption(caption: Rich) -> dict[str, Any]:
    text = html(caption)
    return {"caption": text, "parse_mode": ParseMode.HTML} if text else {}


def _reference(message: Message) -> str:
    """The file_id to send it again by; a photo's largest size."""
    if message.photo:
        return message.photo[-1].file_id
    return message.document.file_id if message.document else ""
