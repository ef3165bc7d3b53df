"""Reading about people is logged: who, what, how many (docs/data-protection.md)."""

from __future__ import annotations

import getpass
import logging

import structlog

NAME = "staff"

log = structlog.get_logger(NAME)


def read_about(what: str, count: int, **filters: str | None) -> None:
    """Note that this account of the machine saw ``count`` rows; no LOG_LEVEL hides it."""
    logging.getLogger(NAME).setLevel(logging.INFO)
    chosen = {name: value for name, value in filters.items() if value is not None}
    log.info("people were read", who=_account(), what=what, count=count, **chosen)


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        return "unknown"
