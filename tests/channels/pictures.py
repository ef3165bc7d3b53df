"""Pictures for the channels' tests, and a store of them in memory that counts uploads."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable

from bot.pictures import MissingPicture
from messages.message import Picture

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
POSTER = Picture(1, "poster.png", "image/png")
PROGRAMME = Picture(2, "programme.pdf", "application/pdf")
GONE = Picture(3, "gone.png", "image/png")


class Store:
    """Two files; what the platform calls them is remembered as the real store does."""

    def __init__(self) -> None:
        self.contents = {1: PNG, 2: b"%PDF-1.7"}
        self.copies: dict[int, str] = {}
        self.uploads = 0

    async def content(self, media_id: int) -> bytes:
        try:
            return self.contents[media_id]
        except KeyError:
            raise MissingPicture("gone") from None

    async def copy(
        self, media_id: int, channel: str, account: str, upload: Callable[[], Awaitable[str]]
    ) -> str:
        if media_id not in self.copies:
            copy = await upload()
            self.uploads += 1
            self.copies[media_id] = copy
        return self.copies[media_id]

    async def forget(self, media_id: int, channel: str, account: str) -> None:
        self.copies.pop(media_id, None)
