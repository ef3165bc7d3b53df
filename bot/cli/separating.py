"""``--separator``: what parts the cells of a CSV file."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.errors import Misuse

_NAMED = {",": ",", "comma": ",", ";": ";", "semicolon": ";", "\t": "\t", "\\t": "\t", "tab": "\t"}

Separator = Annotated[
    str | None,
    typer.Option(
        help="What parts the cells of CSV: a comma unless told; ; for Slovak and Slovenian Excel.",
        metavar=",|;|tab",
    ),
]


def separator_of(wanted: str | None, format_: str) -> str:
    """The character. Raises Misuse for another, and for a format without any."""
    if wanted is None:
        return ","
    if format_ != "csv":
        raise Misuse(f"--separator goes with --format csv, not {format_}")
    found = _NAMED.get(wanted.lower())
    if found is None:
        raise Misuse(f"--separator: cells cannot be parted by {wanted!r}; write ',', ';' or tab")
    return found
