"""How fast the platforms allow to send, and how many messages are on their way at most."""

from __future__ import annotations

from dataclasses import dataclass

from bot import open_files
from bot.sending import in_flight

# https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
TELEGRAM_RATE = 30  # messages a second; above it they cost (allow_paid_broadcast)
MOST_A_SECOND = 1000  # https://core.telegram.org/bots/api#sendmessage
# https://docs.slack.dev/apis/web-api/rate-limits: "several hundred messages per minute"
SLACK_RATE = 5
CHAT_SECONDS = 1.0  # both platforms: one message a second to a chat
OTHERS = 256  # connections beside those of messages to many: replies, and what is asked for
FILES = 256  # open files that are no connections to a platform: database, log, people on the web


@dataclass(frozen=True, slots=True)
class Limits:
    """``rate`` messages a second over all chats (None: any number); ``chat_seconds`` between two
    to one chat; ``paid`` asks Telegram for more than 30 a second; ``most`` messages to many are on
    their way at once (how many it takes is measured: :mod:`.in_flight`)."""

    rate: int | None = None
    chat_seconds: float = 0.0
    paid: bool = False
    most: int = in_flight.MOST


NONE = Limits()


def limits_of(telegram_rate: int, slack_rate: int, most: int = in_flight.MOST) -> dict[str, Limits]:
    """The limits by channel; a channel not named has none. A ``telegram_rate`` of 0 is none: for a
    Bot API server of one's own that does not pass messages on. ``most`` on their way at once."""
    paid = telegram_rate > TELEGRAM_RATE
    return {
        "telegram": Limits(telegram_rate or None, CHAT_SECONDS, paid=paid, most=most),
        "slack": Limits(slack_rate, CHAT_SECONDS, most=most),
    }


def most_at_once() -> int:
    """How many messages to many may be on their way, as far as open files go."""
    allowed = open_files.allow(in_flight.MOST + OTHERS + FILES) - OTHERS - FILES
    return max(1, min(in_flight.MOST, allowed))
