"""The libraries' loggers, kept from telling secrets and what people write.

At DEBUG slack_sdk logs whole requests and answers (messages, Socket Mode's one-time addresses),
at INFO bolt logs requests with a bad signature in full. Their loggers start at ERROR, and
whatever level somebody sets, tokens are struck out.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

NAME = "bot.channels.slack.library"
_TOKENS = re.compile(r"xox[a-z.]+-[\w-]+|xapp-[\w-]+|(?<=ticket=)[\w.%-]+")
_STRUCK = "***"
_FORMATTER = logging.Formatter()


class Redacting(logging.Filter):
    """Strikes out tokens and the given secrets, in tracebacks too."""

    def __init__(self, secrets: Iterable[str | None]) -> None:
        super().__init__()
        self._secrets = [secret for secret in secrets if secret]

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self._struck(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = self._struck(_FORMATTER.formatException(record.exc_info))
            record.exc_info = None
        return True

    def _struck(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _STRUCK)
        return _TOKENS.sub(_STRUCK, text)


def library_logger(secrets: Iterable[str | None]) -> logging.Logger:
    """The logger to give to slack_sdk and bolt."""
    logger = logging.getLogger(NAME)
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.ERROR)
    for old in [f for f in logger.filters if isinstance(f, Redacting)]:
        logger.removeFilter(old)
    logger.addFilter(Redacting(secrets))
    return logger
