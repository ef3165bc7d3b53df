"""Reading about people is logged: who, what, how many (docs/data-protection.md)."""

from __future__ import annotations

import getpass

import structlog

log = structlog.get_logger("staff")


def read_about(what: str, count: int, **filters: str | None) -> None:
    """Note that the user of this machine's account saw ``count`` rows."""
    chosen = {name: value for name, value in filters.items() if value is not None}
    log.info("people were read", who=_account(), what=what, count=count, **chosen)


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        return "unknown"
