"""Keeps secrets out of the log, whoever writes there.

Telegram's token is part of every URL, and libraries like to print URLs, arguments and
exceptions. Nothing in this package logs it; this is the second lock.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

# https://core.telegram.org/bots/api#authorizing-your-bot
_TOKEN = re.compile(r"(?<!\d)\d{6,12}(?::|%3A)[A-Za-z0-9_-]{30,50}", re.IGNORECASE)
HIDDEN = "[secret]"
_formatter = logging.Formatter()


class Redact(logging.Filter):
    """Attach to *handlers* (a logger's filters don't see its children's records).

    Hides the ``secrets`` given and whatever looks like a bot token, in message, arguments,
    exception and stack. ``redact.text(...)`` does the same for any string.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        known = {each for each in secrets if each}
        known |= {tail for each in known if len(tail := each.partition(":")[2]) >= 20}
        words = sorted(map(re.escape, known), key=len, reverse=True)
        self._known = re.compile("|".join(words)) if words else None

    def text(self, text: str) -> str:
        """``text`` without secrets."""
        if self._known:
            text = self._known.sub(HIDDEN, text)
        return _TOKEN.sub(HIDDEN, text)

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true; the record is changed."""
        message = record.getMessage()
        clean = self.text(message)
        if clean != message:
            record.msg, record.args = clean, None
        if record.exc_info and not record.exc_text:
            record.exc_text = _formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.text(record.exc_text)
        if record.stack_info:
            record.stack_info = self.text(record.stack_info)
        return True
