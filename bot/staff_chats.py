"""Which of a platform's chats are staff's, as the database knows them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial

from storage import checkpoints, staff
from storage.database import Database
from storage.transaction import Transaction


class KnownStaff:
    """Of one channel and account; where their commands are offered is a checkpoint."""

    def __init__(self, database: Database, channel: str, account: str) -> None:
        self._database = database
        self._channel = channel
        self._checkpoint = f"staff_commands.{channel}.{account}"

    async def now(self) -> Mapping[str, str]:
        return await self._database.read(partial(staff.members, channel=self._channel))

    async def told(self) -> Mapping[str, str]:
        noted = await self._database.read(partial(checkpoints.get, name=self._checkpoint))
        return dict(json.loads(noted)) if noted else {}

    async def note(self, told: Mapping[str, str]) -> None:
        await self._database.write(self._put, json.dumps(told, sort_keys=True))

    def _put(self, tx: Transaction, value: str) -> None:
        checkpoints.put(tx, self._checkpoint, value)
