"""The two of a pair as they may be shown to each other: name, place, and where they are reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import orjson

from storage.mentoring.shapes import Numbers
from storage.statements import sql
from storage.transaction import Transaction

_LISTED = {
    "sqlite": (
        "SELECT json_extract(value, '$[0]') AS reader, json_extract(value, '$[1]') AS other"
        " FROM json_each(:pairs)"
    ),
    "postgresql": (
        "SELECT CAST(value ->> 0 AS bigint) AS reader, CAST(value ->> 1 AS bigint) AS other"
        " FROM json_array_elements(CAST(:pairs AS json))"
    ),
}
# A workspace that both are in is one where they can write to each other.
_PARTIES = (
    "SELECT e.reader, p.id, p.name, p.country, p.timezone, p.organisation, p.field, p.email,"
    " p.linkedin, i.channel, i.account, i.user_id, i.username"
    " FROM ({listed}) e JOIN person p ON p.id = e.other"
    " LEFT JOIN identity i ON i.person_id = p.id AND i.status = 'ok'"
    " AND (i.channel = 'telegram' AND i.username IS NOT NULL OR i.channel = 'slack' AND EXISTS"
    "  (SELECT 1 FROM identity r WHERE r.person_id = e.reader AND r.channel = 'slack'"
    "   AND r.account = i.account))"
    " ORDER BY e.reader, p.id, i.id"
)
_STATEMENTS = Numbers(*(sql(_PARTIES.format(listed=each)) for each in _LISTED.values()))


@dataclass(frozen=True, slots=True)
class Party:
    """One of two people, for the other. ``telegram``: a username; ``slack``: (workspace, member)
    in a workspace that both are in."""

    person: int
    name: str
    country: str | None = None
    timezone: str | None = None
    organisation: str | None = None
    field: str | None = None
    email: str | None = None
    linkedin: str | None = None
    telegram: str | None = None
    slack: tuple[str, str] | None = None


def parties(tx: Transaction, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Party]:
    """By (who reads, about whom); who is gone is left out. One statement."""
    wanted = sorted(set(pairs))
    if not wanted:
        return {}
    rows = tx.run(_STATEMENTS.on(tx.dialect), pairs=orjson.dumps(wanted).decode()).fetchall()
    found: dict[tuple[int, int], Party] = {}
    for reader, person, name, *rest, channel, account, user, username in rows:
        party = found.get((reader, person)) or Party(person, name or "", *rest)
        if channel == "telegram":
            party = replace(party, telegram=username)
        elif channel == "slack":
            party = replace(party, slack=(account, user))
        found[reader, person] = party
    return found
