"""Whom the bot can write to, as pieces of SQL over ``p`` (a row of person).

Counting, planning and sending put their statements together from these, so that a count says
what planning does. The pieces are constants: nothing from outside gets into them, values are
bound. Each reads alike on both databases.
"""

from __future__ import annotations

# Where people look first. The chat page comes after the platforms, invented people last.
_LAST = ("preview", "demo")

CODES = 16  # channels that a program can have
_FIRST = 1 << 60  # beyond any identity's number times CODES

CONSENTED = (
    "EXISTS (SELECT 1 FROM consent c WHERE c.person_id = p.id AND c.purpose = :purpose AND c.given)"
)
"""Whether the person consents to ``:purpose`` (see outreach.kinds: "invitations")."""

PAUSED = "(p.paused_until > :today OR (p.status = 'paused' AND p.paused_until IS NULL))"
"""Whether nothing unasked may come; ``:today`` is a day in ISO form. NULL counts as no."""

UNASKED = (
    "(SELECT count(*) FROM delivery u WHERE u.person_id = p.id"
    " AND u.lane > 1 AND u.sent_at > :week_ago)"
)
"""How many unasked messages the person got since ``:week_ago`` (a moment)."""


def identity_of(channels: tuple[str, ...], column: str = "id") -> str:
    """The identity (its number, or another ``column``) through which the bot writes to ``p``,
    as a scalar subquery; NULL where none of ``channels`` reaches them.

    ``channels`` are those that this bot can send through. A platform goes before the chat page
    and that before "demo"; of several the newest. Raises ValueError for a name that is no
    identifier.
    """
    ranks = [rank for rank in _ranked(channels) if rank]
    if not ranks:
        return "NULL"
    # An aggregate instead of ORDER BY and LIMIT: nothing is sorted for each of a million people.
    newest = [
        f"max(CASE WHEN i.status = 'ok' AND i.channel IN ({listed(rank)}) THEN i.id END)"
        for rank in ranks
    ]
    best = newest[0] if len(newest) == 1 else f"COALESCE({', '.join(newest)})"
    number = f"(SELECT {best} FROM identity i WHERE i.person_id = p.id)"
    if column == "id":
        return number
    return f"(SELECT n.{_identifier(column)} FROM identity n WHERE n.id = {number})"


def reached_by(channels: tuple[str, ...]) -> str:
    """The same as a condition for joining ``identity x``: it holds for the identity that
    :func:`identity_of` gives, and for no other. Quicker where every person's is needed."""
    ranks = [rank for rank in _ranked(channels) if rank]
    if not ranks:
        return "x.id IS NULL"
    better = "b.id > x.id"
    if len(ranks) > 1:
        mine, other = _rank("x", ranks), _rank("b", ranks)
        better = f"({other} < {mine} OR ({other} = {mine} AND b.id > x.id))"
    # A record that rests, joined to another, is reached where that is (storage.joinings).
    # Who has one identity has none of another number: the index tells without the row. COALESCE
    # keeps SQLite from looking for each channel by itself.
    return (
        "x.person_id = COALESCE(p.joined_to, p.id) AND x.status = 'ok'"
        f" AND COALESCE(x.channel, '') IN ({listed(channels)})"
        " AND NOT EXISTS (SELECT 1 FROM identity b WHERE b.person_id = x.person_id AND b.id <> x.id"
        f" AND b.status = 'ok' AND COALESCE(b.channel, '') IN ({listed(channels)})"
        f" AND {better})"
    )


def _rank(alias: str, ranks: list[tuple[str, ...]]) -> str:
    cases = (f"WHEN {alias}.channel IN ({listed(each)}) THEN {n}" for n, each in enumerate(ranks))
    return f"CASE {' '.join(cases)} END"


def newest(channels: tuple[str, ...]) -> str:
    """An aggregate over a person's rows ``i`` of identity: ``% CODES`` is the place in ``channels``
    of that of :func:`identity_of`; NULL where none reaches them.

    One number that holds rank, age and channel saves looking the identity up once more, which
    counting a million people would feel.
    """
    if not channels:
        return "max(CAST(NULL AS bigint))"
    ranks = {channel: rank for rank, of in enumerate(_ranked(channels)) for channel in of}
    whens = " ".join(
        f"WHEN '{_identifier(channel)}' THEN i.id * {CODES} + {_FIRST >> ranks[channel]} + {code}"
        for code, channel in enumerate(channels)
    )
    return f"max(CASE WHEN i.status = 'ok' THEN CASE i.channel {whens} END END)"


def listed(channels: tuple[str, ...]) -> str:
    """Channels for ``IN (…)``, quoted."""
    return ", ".join(f"'{_identifier(channel)}'" for channel in channels)


def _identifier(name: str) -> str:
    if not name.isidentifier():
        raise ValueError(f"{name!r} is no identifier")
    return name


def _ranked(channels: tuple[str, ...]) -> list[tuple[str, ...]]:
    last = [tuple(each for each in channels if each == name) for name in _LAST]
    return [tuple(each for each in channels if each not in _LAST), *last]
