"""The one statement an export streams: a row a person, or an answer, in the order of the keys.

Many-valued facts come as one text a cell, joined inside the database by ``separator``. Nothing is
sorted as a whole: people come in the order of their numbers, and each one's facts lie together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from storage import profile
from storage.exports.columns import PEOPLE, Column, Holds
from storage.statements import Statement, sql

BETWEEN = "\x1f"  # unit separator: parts the cells of a line
LISTED = "\x1e"  # record separator: parts the keys of a list, where lists are taken apart again

# Facts of the profile are in the export of people.
_TO_SURVEYS = f"a.person_id = p.id AND a.survey <> '{profile.SURVEY}'"
_EXCEL_EPOCH = 2415018.5  # Julian day of 30 December 1899, from which spreadsheets count days
_UNIX_EPOCH = 25569  # 1 January 1970 in a spreadsheet's days


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for.

    ``columns``: of people; ``levels``: kind of fact -> levels that count (others are left out);
    ``ranked``: kinds whose order matters; ``days``: moments as a spreadsheet's day numbers.
    """

    separator: str = LISTED
    organisation: str | None = None
    levels: Mapping[str, Collection[str]] = field(default_factory=dict)
    ranked: Collection[str] = ()
    days: bool = False
    columns: tuple[Column, ...] = PEOPLE

    @property
    def params(self) -> dict[str, str]:
        """The parameters of the statement."""
        named = {"separator": self.separator}
        if self.organisation is not None:
            named["organisation"] = self.organisation
        for kind, levels in self.levels.items():
            named.update({f"{kind}_{n}": level for n, level in enumerate(sorted(levels))})
        return named


def people_statement(request: Request, dialect: str) -> Statement:
    """A row a person, without stubs of those who have not consented."""
    cells = ", ".join(_cell(column, request, dialect) for column in request.columns)
    return sql(f"SELECT {cells} FROM person p WHERE {_who(request)} ORDER BY p.id")


def people_lines_statement(request: Request, dialect: str) -> Statement:
    """A text a person: the cells of :func:`people_statement` with BETWEEN in between.

    Putting them together inside the database costs a fraction of doing it outside. (SQLite's
    printf ends a text at NUL, which no text holds: PostgreSQL could not store it.)
    """
    join = "printf" if dialect == "sqlite" else "format"
    places = BETWEEN.join(["%s"] * len(request.columns))
    cells = ", ".join(_cell(column, request, dialect) for column in request.columns)
    who = _who(request)
    return sql(f"SELECT {join}('{places}', {cells}) FROM person p WHERE {who} ORDER BY p.id")


def person_statement(request: Request, dialect: str) -> Statement:
    """The row of :func:`people_statement` for the person ``:person``."""
    cells = ", ".join(_cell(column, request, dialect) for column in request.columns)
    return sql(f"SELECT {cells} FROM person p WHERE p.id = :person")


def answers_statement(request: Request, dialect: str) -> Statement:
    """A row an answer, by person, survey, round and question."""
    day = "substr(a.answered_at, 1, 10)"
    if dialect == "postgresql":
        day = "to_char(a.answered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
    columns = f"p.id, p.organisation, a.survey, a.round, a.question, a.value, {day}"
    order = ", ".join(_bytewise(f"a.{key}", dialect) for key in ("survey", "round", "question"))
    return sql(
        f"SELECT {columns} FROM person p JOIN answer a ON {_TO_SURVEYS}"
        f" WHERE {_who(request)} ORDER BY p.id, {order}"
    )


def count_statement(request: Request, export: str) -> Statement:
    """How many rows there will be."""
    joined = f" JOIN answer a ON {_TO_SURVEYS}" if export == "answers" else ""
    return sql(f"SELECT count(*) FROM person p{joined} WHERE {_who(request)}")


def _who(request: Request) -> str:
    own = " AND p.organisation = :organisation" if request.organisation is not None else ""
    return "p.status <> 'new' AND p.joined_to IS NULL" + own


def _cell(column: Column, request: Request, dialect: str) -> str:
    if column.key == "person_id":
        return "p.id"
    if column.key == "consents":
        return _joined("purpose", "consent", "AND given", dialect)
    if column.key == "channels":
        distinct = "(SELECT DISTINCT channel, person_id FROM identity WHERE person_id = p.id) AS i"
        return _joined("channel", distinct, "", dialect)
    if column.stored == "trait":
        return _trait(column, request, dialect)
    if column.stored == "typed":
        return _typed(column, dialect)
    if column.holds is Holds.MOMENT:
        return moment_cell(f"p.{column.key}", request, dialect)
    return f"p.{column.key}"


def _trait(column: Column, request: Request, dialect: str) -> str:
    """A fact in rows of trait: all of them, or the only one."""
    if column.holds is Holds.LIST:
        return _traits(column.key, request, dialect)
    value = "CAST(value AS bigint)" if column.holds is Holds.NUMBER else "value"
    return f"(SELECT {value} FROM trait WHERE person_id = p.id AND kind = '{column.key}' LIMIT 1)"


def _typed(column: Column, dialect: str) -> str:
    """A fact among the answers, as a text without its JSON."""
    value = "json_extract(value, '$')" if dialect == "sqlite" else "CAST(value AS json) #>> '{}'"
    return (
        f"(SELECT {value} FROM answer WHERE person_id = p.id AND survey = '{profile.SURVEY}'"
        f" AND round = '{profile.ROUND}' AND question = '{column.key}')"
    )


def _traits(kind: str, request: Request, dialect: str) -> str:
    conditions = f"AND kind = '{kind}'"
    names = ", ".join(f":{kind}_{n}" for n in range(len(request.levels.get(kind, ()))))
    if names:
        conditions += f" AND (level IS NULL OR level IN ({names}))"
    ranked = "COALESCE(rank, 0)" if kind in request.ranked else ""
    return _joined("value", "trait", conditions, dialect, first=ranked)


def _joined(value: str, rows: str, conditions: str, dialect: str, first: str = "") -> str:
    """A person's values as one text, in byte order; by ``first`` before that, where given."""
    where = f"WHERE person_id = p.id {conditions}"
    if dialect == "postgresql":
        order = ", ".join(filter(None, (first, _bytewise(value, dialect))))
        return f"(SELECT string_agg({value}, :separator ORDER BY {order}) FROM {rows} {where})"
    if first:
        # group_concat knows ORDER BY only since SQLite 3.44; it keeps the order of what it reads.
        rows = f"(SELECT {value}, person_id FROM {rows} {where} ORDER BY {first}, {value})"
        return f"(SELECT group_concat({value}, :separator) FROM {rows})"
    # The rows are read in the order of the primary key, which is that of the values.
    return f"(SELECT group_concat({value}, :separator) FROM {rows} {where})"


def _bytewise(name: str, dialect: str) -> str:
    """Order as SQLite has it, whatever the server's collation."""
    return name if dialect == "sqlite" else f'{name} COLLATE "C"'


def moment_cell(name: str, request: Request, dialect: str) -> str:
    """A moment as a text in UTC, or (``request.days``) as a spreadsheet's day number."""
    if dialect == "sqlite":
        days = f"round(julianday({name}) - {_EXCEL_EPOCH}, 6)"
        return days if request.days else f"substr({name}, 1, 19) || 'Z'"
    if request.days:
        return f"round(extract(epoch FROM {name}) / 86400 + {_UNIX_EPOCH}, 6)::float8"
    return f"to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
