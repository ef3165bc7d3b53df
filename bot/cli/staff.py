"""Reading about people is logged: who, what, how many (docs/data-protection.md)."""

from __future__ import annotations

import contextlib
import logging

import structlog

from bot.now import now
from outreach.staff import account_name, console_actor, log
from storage.database import Database
from storage.errors import CannotWrite

NAME = "staff"

program_log = structlog.get_logger(NAME)


def read_about(
    what: str, count: int, *, database: Database | None = None, **filters: str | None
) -> None:
    """Note that this account of the machine saw ``count`` rows: in the program's log, which no
    LOG_LEVEL hides, and, given the ``database``, in the staff's."""
    logging.getLogger(NAME).setLevel(logging.INFO)
    chosen = {name: value for name, value in filters.items() if value is not None}
    program_log.info("people were read", who=account_name(), what=what, count=count, **chosen)
    if database is None:
        return
    with contextlib.suppress(CannotWrite), database.transaction() as tx:
        log(
            tx, console_actor(), "people.read", now(), organisation=chosen.get("organisation"),
            people=count, detail={"what": what, **chosen},
        )  # fmt: skip
