"""Matches as a file: one row a match, with what was asked for and everything that happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from storage.exports.guard import COMMA
from storage.exports.listing import ListColumn, ListFile, write_list
from storage.mentoring.shapes import among
from storage.moments import as_moment, maybe_moment, moment
from storage.statements import Statement, sql

if TYPE_CHECKING:
    from storage.database import Database
    from storage.transaction import Transaction

PAGE = 500  # rows read at once

_TEXT = (
    "state", "mentee", "mentee_organisation", "mentor", "mentor_organisation", "goal", "skills",
    "field", "languages", "mode", "urgency", "rhythm", "request_status", "reasons",
    "mentor_contact", "mentee_contact", "ended_by", "reason", "note", "history",
)  # fmt: skip
_NUMBERS = ("match_id", "round_id", "request_id", "mentee_id", "mentor_id", "score", "meetings")
COLUMNS = tuple(
    ListColumn(
        key,
        "number" if key in _NUMBERS else "text" if key in _TEXT else "moment",
        40 if key in ("goal", "note", "history", "reasons") else 16,
    )
    for key in (
        "match_id", "state", "round_id", "request_id", "mentee_id", "mentee",
        "mentee_organisation", "mentor_id", "mentor", "mentor_organisation", "goal", "skills",
        "field", "languages", "mode", "urgency", "rhythm", "request_status", "asked_for_at",
        "score", "reasons", "proposed_at", "approved_at", "mentor_asked_at", "mentor_said_at",
        "mentee_asked_at", "mentee_said_at", "introduced_at", "mentor_contact", "mentee_contact",
        "meeting_at", "meetings", "first_met_at", "last_met_at", "mentor_seen_at",
        "mentee_seen_at", "ended_at", "ended_by", "reason", "note", "history",
    )
)  # fmt: skip

_KEYS = tuple(column.key for column in COLUMNS)
_MOMENTS = tuple(column.key for column in COLUMNS if column.holds == "moment")


def _shared(person: str, column: str) -> str:
    """Whether whoever reads for ``:organisation`` may see this side ("": for the whole region)."""
    return (
        f"(:organisation = '' OR {column} = :organisation OR EXISTS (SELECT 1 FROM consent c"
        f" WHERE c.person_id = {person}.id AND c.purpose = 'sharing' AND c.given))"
    )


_CELLS = {
    "match_id": "m.id",
    "mentee": "e.name",
    "mentee_organisation": "m.organisation",
    "mentor": "o.name",
    "request_status": "r.status",
    "asked_for_at": "r.created_at",
    "proposed_at": "m.created_at",
    **{name: f"r.{name}" for name in ("goal", "skills", "field", "languages", "mode", "urgency",
                                      "rhythm")},
    "first_met_at": "(SELECT min(held_at) FROM mentoring_meeting t WHERE t.match_id = m.id)",
    "last_met_at": "(SELECT max(held_at) FROM mentoring_meeting t WHERE t.match_id = m.id)",
    "history": "''",
}  # fmt: skip
_LISTS = ("skills", "languages", "mentor_contact", "mentee_contact")
_HIDDEN = {
    "mentee": ("mentee", "mentee_id", "goal", "note", "mentee_contact"),
    "mentor": ("mentor", "mentor_id", "note", "mentor_contact"),
}
"""What of a side is empty for an organisation that may not see it."""

_PAGE = (
    f"SELECT {', '.join(_CELLS.get(column.key, f'm.{column.key}') for column in COLUMNS)},"
    f" {_shared('e', 'm.organisation')}, {_shared('o', 'm.mentor_organisation')}"
    " FROM mentoring_match m LEFT JOIN mentoring_request r ON r.id = m.request_id"
    " LEFT JOIN person e ON e.id = m.mentee_id LEFT JOIN person o ON o.id = m.mentor_id"
    " WHERE m.id > :after AND (:organisation = '' OR m.organisation = :organisation"
    " OR m.mentor_organisation = :organisation){states} ORDER BY m.id LIMIT :limit"
)
_HISTORY = among(
    "SELECT match_id, at, what, who, detail FROM mentoring_log", "match_id", " ORDER BY id"
)


def export_matches(
    database: Database,
    format: ListFile,
    out: Path | BinaryIO,
    *,
    organisation: str | None = None,
    states: Sequence[str] = (),
    separator: str = COMMA,
) -> int:
    """Write a row for every match (in one of ``states``, unless none is named) in the order of
    their numbers, and return how many.

    With an ``organisation``: its mentees' and mentors' matches; of the other side, where it is
    another organisation's and has not agreed to be seen by it, neither name nor number nor words.
    ``history`` and lists are lists in JSON, else one text; ``separator`` parts
    the cells of CSV. Raises ExportError, StorageError.
    """
    with database.reading() as tx:
        found = _rows(tx, organisation or "", tuple(states), folded=format != "json")
        return write_list(out, format, "matches", COLUMNS, found, separator)


def _rows(
    tx: Transaction, organisation: str, states: Sequence[str], *, folded: bool
) -> Iterator[Mapping[str, Any]]:
    """Page by page: constant memory however many there are."""
    statement = _statement(states)
    named = {f"state{n}": state for n, state in enumerate(states)}
    after = 0
    while True:
        page = tx.run(
            statement, after=after, organisation=organisation, limit=PAGE, **named
        ).fetchall()
        happened = _happened(tx, [row[0] for row in page])
        for row in page:
            yield _row(row, happened.get(row[0], []), folded=folded)
        if len(page) < PAGE:
            return
        after = page[-1][0]


def _statement(states: Sequence[str]) -> Statement:
    listed = ", ".join(f":state{n}" for n in range(len(states)))
    return sql(_PAGE.format(states=f" AND m.state IN ({listed})" if states else ""))


def _happened(tx: Transaction, matches: Sequence[int]) -> dict[int, list[dict[str, str]]]:
    found: dict[int, list[dict[str, str]]] = {}
    rows = tx.run(_HISTORY.on(tx.dialect), ids=orjson.dumps(list(matches)).decode())
    for match, at, what, who, detail in rows:
        line = {"at": _iso(as_moment(at)), "what": what, "who": who}
        found.setdefault(match, []).append(line | ({"detail": detail} if detail else {}))
    return found


def _row(row: Sequence[Any], history: list[dict[str, str]], *, folded: bool) -> Mapping[str, Any]:
    values = dict(zip(_KEYS, row, strict=False))  # the last two say who may be seen
    for name in _MOMENTS:
        values[name] = maybe_moment(values[name])
    for name in (*_LISTS, "reasons"):
        values[name] = orjson.loads(values[name] or "[]")
    values["history"] = history
    for side, seen in zip(("mentee", "mentor"), row[-2:], strict=True):
        if not seen:
            values |= dict.fromkeys(_HIDDEN[side])
    return _folded(values) if folded else values


def _folded(values: dict[str, Any]) -> dict[str, Any]:
    """Lists as one text each, for a cell."""
    for name in _LISTS:
        values[name] = ";".join(map(str, values[name] or ()))
    values["reasons"] = "; ".join(key + _told(held) for key, held in values["reasons"])
    values["history"] = "; ".join(
        " ".join((each["at"], each["who"], each["what"], each.get("detail", ""))).strip()
        for each in values["history"]
    )
    return values


def _told(values: Mapping[str, Any]) -> str:
    """What a reason holds: " (teamwork, empathy)"."""
    listed = [
        str(each)
        for value in values.values()
        for each in (value if isinstance(value, list) else [value])
    ]
    return f" ({', '.join(listed)})" if listed else ""


def _iso(at: datetime) -> str:
    return moment(at)[:19] + "Z"
