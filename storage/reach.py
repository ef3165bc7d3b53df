"""Whom the bot can write to, as pieces of SQL over ``p`` (a row of person).

Counting, planning and sending put their statements together from these, so that a count says
what planning does. The pieces are constants: nothing from outside gets into them, values are
bound. Each reads alike on both databases.
"""

from __future__ import annotations

# Where people look first. The chat page comes after the platforms, invented people last.
_LAST = {"preview": 1, "demo": 2}

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
    if not channels:
        return "NULL"
    return (
        f"(SELECT i.{_identifier(column)} FROM identity i WHERE i.person_id = p.id"
        f" AND i.status = 'ok' AND i.channel IN ({listed(channels)})"
        f" ORDER BY {_ORDER}i.id DESC LIMIT 1)"
    )


def listed(channels: tuple[str, ...]) -> str:
    """Channels for ``IN (…)``, quoted."""
    return ", ".join(f"'{_identifier(channel)}'" for channel in channels)


def _identifier(name: str) -> str:
    if not name.isidentifier():
        raise ValueError(f"{name!r} is no identifier")
    return name


_ORDER = (
    "CASE i.channel "
    + " ".join(f"WHEN '{channel}' THEN {rank}" for channel, rank in _LAST.items())
    + " ELSE 0 END, "
)
