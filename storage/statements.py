"""Prepared raw SQL for the hot paths: written once with ``:name``, run on both databases."""

from __future__ import annotations

import re
from typing import NamedTuple

# What is no parameter, in order: strings, quoted names, comments, casts; then the parameter.
_TOKEN = re.compile(
    r"""(?P<keep>'(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/ | ::)
      | :(?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<percent>%)""",
    re.VERBOSE | re.DOTALL,
)


class Statement(NamedTuple):
    """One statement in the drivers' spellings: ``:name``, ``%(name)s``, ``$1``.

    ``names`` are the parameters; ``$n`` stands for the n-th of them.
    """

    sqlite: str
    postgresql: str
    numbered: bytes
    names: tuple[str, ...]


def sql(text: str) -> Statement:
    """Prepare a statement with ``:name`` parameters. Call it at import, not a request.

    Colons inside strings, quoted names and comments, and ``::casts``, are left alone.
    """
    names: dict[str, int] = {}

    def psycopg(found: re.Match[str]) -> str:
        name = found["name"]
        return f"%({name})s" if name else found[0].replace("%", "%%")

    def libpq(found: re.Match[str]) -> str:
        name = found["name"]
        return f"${names.setdefault(name, len(names) + 1)}" if name else found[0]

    numbered = _TOKEN.sub(libpq, text).encode()
    return Statement(text, _TOKEN.sub(psycopg, text), numbered, tuple(names))
