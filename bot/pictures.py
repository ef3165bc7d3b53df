"""Pictures and files of the media table, for channels to send: read once, uploaded once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Protocol

from storage import media
from storage.database import Database

KEPT = 16  # contents held in memory; a broadcast has one picture, an event another


class MissingPicture(Exception):
    """The picture is not in the media table any more."""


class Pictures(Protocol):
    """What a channel needs of pictures. A *copy* is what the platform calls one that it has."""

    async def content(self, media_id: int) -> bytes: ...

    async def copy(
        self, media_id: int, channel: str, account: str, upload: Callable[[], Awaitable[str]]
    ) -> str: ...

    async def forget(self, media_id: int, channel: str, account: str) -> None: ...


class StoredPictures:
    """Pictures in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._contents: OrderedDict[int, bytes] = OrderedDict()
        self._copies: dict[tuple[int, str, str], str] = {}
        self._uploading: dict[tuple[int, str, str], asyncio.Lock] = {}

    async def content(self, media_id: int) -> bytes:
        """The bytes. Raises MissingPicture, StorageError."""
        held = self._contents.get(media_id)
        if held is None:
            medium = await self._database.read(media.content, media_id)
            if medium is None:
                raise MissingPicture(f"picture {media_id} is gone")
            held = self._contents[media_id] = medium.content
            while len(self._contents) > KEPT:
                self._contents.popitem(last=False)
        return held

    async def copy(
        self, media_id: int, channel: str, account: str, upload: Callable[[], Awaitable[str]]
    ) -> str:
        """The platform's name for it; where there is none yet, ``upload`` gives it one. However
        many messages wait for it, it is uploaded once; what ``upload`` raises comes out here."""
        key = (media_id, channel, account)
        known = self._copies.get(key)
        if known is not None:
            return known
        lock = self._uploading.setdefault(key, asyncio.Lock())
        async with lock:
            known = self._copies.get(key) or await self._database.read(media.copy_of, *key)
            if known is None:
                known = await upload()
                await self._database.write(media.copied, *key, known)
            self._copies[key] = known
            self._uploading.pop(key, None)
        return known

    async def forget(self, media_id: int, channel: str, account: str) -> None:
        """The platform does not have it any more."""
        key = (media_id, channel, account)
        self._copies.pop(key, None)
        await self._database.write(media.forget_copy, *key)


class NoPictures:
    """For channels that are run without a database."""

    async def content(self, media_id: int) -> bytes:
        raise MissingPicture(f"picture {media_id} is gone")

    async def copy(
        self, media_id: int, channel: str, account: str, upload: Callable[[], Awaitable[str]]
    ) -> str:
        raise MissingPicture(f"picture {media_id} is gone")

    async def forget(self, media_id: int, channel: str, account: str) -> None:
        """There is nothing to forget."""
