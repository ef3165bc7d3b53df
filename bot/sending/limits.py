"""How fast the platforms allow to send, and how many messages are sent side by side."""

from __future__ import annotations

from dataclasses import dataclass

# https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
TELEGRAM_RATE = 30  # messages a second; above it they cost (allow_paid_broadcast)
MOST_A_SECOND = 1000  # https://core.telegram.org/bots/api#sendmessage
# https://docs.slack.dev/apis/web-api/rate-limits: "several hundred messages per minute"
SLACK_RATE = 5
CHAT_SECONDS = 1.0  # both platforms: one message a second to a chat
SLOTS = 128  # messages to many on their way at once; Telegram's connections are twice as many


@dataclass(frozen=True, slots=True)
class Limits:
    """``rate`` messages a second over all chats (None: any number); ``chat_seconds`` between two
    to one chat; ``paid`` asks Telegram for more than 30 a second; ``slots`` side by side."""

    rate: int | None = None
    chat_seconds: float = 0.0
    paid: bool = False
    slots: int = SLOTS


NONE = Limits()


def limits_of(telegram_rate: int, slack_rate: int) -> dict[str, Limits]:
    """The limits by channel; a channel not named has none. A ``telegram_rate`` of 0 is none: for a
    Bot API server of one's own that does not pass messages on."""
    return {
        "telegram": Limits(telegram_rate or None, CHAT_SECONDS, paid=telegram_rate > TELEGRAM_RATE),
        "slack": Limits(slack_rate, CHAT_SECONDS),
    }
