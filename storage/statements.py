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
    """One statement in the two drivers' spellings, ready to run."""

    sqlite: str
    postgresql: str
    names: frozenset[str]


def sql(text: str) -> Statement:
    """Prepare a statement with ``:name`` parameters. Call it at import, not a request.

    Colons inside strings, quoted names and comments, and ``::casts``, are left alone.
    """
    names: set[str] = set()

    def psycopg(found: re.Match[str]) -> str:
        name = found["name"]
        if name:
            names.add(name)
            return f"%({name})s"
        return found[0].replace("%", "%%")

    return Statement(text, _TOKEN.sub(psycopg, text), frozenset(names))
