"""A message as it lies in the database, to be sent later or once more."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from pydantic import TypeAdapter

from messages.message import Message


@dataclass(slots=True)
class Stored:
    """What a delivery's payload holds; ``target`` is the platform's id of the message to change."""

    message: Message
    target: str | None = None


_STORED = TypeAdapter(Stored)


def dump(message: Message, target: str | None = None) -> str:
    """The payload of a delivery."""
    return orjson.dumps({"message": message, "target": target}).decode()


def load(payload: str) -> Stored:
    """What :func:`dump` wrote. Raises pydantic.ValidationError for anything else."""
    return _STORED.validate_json(payload)
