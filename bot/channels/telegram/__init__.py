"""Telegram: private chats with a bot, by long polling or a webhook."""

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.redact import Redact

__all__ = ["Redact", "TelegramChannel"]
