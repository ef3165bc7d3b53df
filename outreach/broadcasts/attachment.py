"""The picture or file beside a broadcast's file."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from pathlib import Path

from outreach.broadcasts.front import Front, Notes, Value
from storage.media import Medium

MEGABYTE = 1024 * 1024
PICTURE_BYTES = 10 * MEGABYTE  # https://core.telegram.org/bots/api#sendphoto
FILE_BYTES = 20 * MEGABYTE  # Telegram would take 50 up, but gives back no more than 20

_BEGINNINGS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF8": "image/gif",
}


def of(values: Mapping[str, Value], front: Front, notes: Notes, folder: Path) -> Medium | None:
    """The ``picture`` or ``file`` that front matter names, with what is wrong noted."""
    picture, file = values.get("picture"), values.get("file")
    if picture and file:
        notes.add(file.line, "a picture or a file, not both; take one away")
    value = picture or file
    name = front.text(value)
    if value is None or not name:
        return None
    try:
        content = _content(folder / name, PICTURE_BYTES if picture else FILE_BYTES)
        return medium(Path(name).name, content, must_be_picture=picture is not None)
    except OSError as error:
        where = f"{name!r} cannot be read ({error.strerror or error})"
        notes.add(value.line, f"{value.name}: {where}; put it beside this file")
    except ValueError as error:
        notes.add(value.line, f"{value.name}: {name!r} {error}")
    return None


def medium(name: str, content: bytes, *, must_be_picture: bool = False) -> Medium:
    """A picture or file of this content. Raises ValueError saying why it is none."""
    found = picture_type(content)
    if must_be_picture and found is None:
        raise ValueError("isn't a JPEG, PNG, GIF or WebP picture; to send a file write file:")
    if not content:
        raise ValueError("is empty")
    guessed, _ = mimetypes.guess_type(name)
    return Medium(name, found or guessed or "application/octet-stream", content)


def picture_type(content: bytes) -> str | None:
    """The media type of a picture that platforms show; None of anything else."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    found = (kind for begin, kind in _BEGINNINGS.items() if content.startswith(begin))
    return next(found, None)


def _content(path: Path, most: int) -> bytes:
    size = path.stat().st_size
    if size > most:
        raise ValueError(f"has {size / MEGABYTE:.1f} MB; at most {most // MEGABYTE} can be sent")
    return path.read_bytes()
