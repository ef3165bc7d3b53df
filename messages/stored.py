"""A message as it lies in the database, to be sent later or once more."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass, replace

import orjson
from pydantic import TypeAdapter

from messages.message import Message

LONG = 8_000  # characters of a file from which on it is packed: many are half a megabyte
_QUICK = 1


@dataclass(slots=True)
class Stored:
    """What a delivery's payload holds; ``target`` is the platform's id of the message to change,
    ``packed`` the text of its file where that is long (zlib, base64)."""

    message: Message
    target: str | None = None
    packed: str | None = None


_STORED = TypeAdapter(Stored)


def dump(message: Message, target: str | None = None) -> str:
    """The payload of a delivery."""
    told: dict[str, object] = {"message": message, "target": target}
    file = message.file
    if file is not None and len(file.text) > LONG:
        packed = zlib.compress(file.text.encode(), _QUICK)
        told["message"] = replace(message, file=replace(file, text=""))
        told["packed"] = base64.b64encode(packed).decode()
    return orjson.dumps(told).decode()


def load(payload: str) -> Stored:
    """What :func:`dump` wrote. Raises pydantic.ValidationError for anything else."""
    stored = _STORED.validate_json(payload)
    if stored.packed is not None and stored.message.file is not None:
        text = zlib.decompress(base64.b64decode(stored.packed)).decode()
        file = replace(stored.message.file, text=text)
        stored = Stored(replace(stored.message, file=file), stored.target)
    return stored
