"""Logging: one line an event, readable or JSON, and never a secret in it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable

import structlog

from bot.redact import Redact

# Chatty, and some of them print addresses with a token in them: only what is wrong.
QUIET = (
    "httpx", "httpcore", "aiohttp.access", "asyncio", "telegram", "slack_sdk", "slack_bolt",
    "alembic", "apscheduler", "tzlocal",
)  # fmt: skip


def set_up(level: str, style: str, secrets: Iterable[str]) -> None:
    """Send all logging to standard error. ``level`` "debug" to "error"; ``style`` "text" or
    "json"; ``secrets`` are replaced wherever they turn up."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared[:2],
            shared[3],
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _Redacting(Redact(secrets))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # Plain: the renderer's own tracebacks show every variable, people's words and
                # keys among them, and break the lines in the middle of a secret.
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer()
                if style == "json"
                else structlog.dev.ConsoleRenderer(
                    colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
                ),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


class _Redacting(logging.StreamHandler):  # type: ignore[type-arg]
    """Redacts the finished line, whatever it was made of."""

    def __init__(self, redact: Redact) -> None:
        super().__init__(sys.stderr)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact.text(super().format(record))
