"""Whom the bot can write to, as pieces of SQL over ``p`` (a row of person).

Counting, planning and sending put their statements together from these, so that a count says
what planning does. The pieces are constants: nothing from outside gets into them, values are
bound. Each reads alike on both databases.
"""

from __future__ import annotations

# Where people look first. The chat page comes after the platforms, invented people last.
_LAST = ("preview", "demo")

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
