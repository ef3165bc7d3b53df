"""Telegram: private chats with a bot, by long polling or a webhook."""

from bot.channels.telegram.channel import TelegramChannel

__all__ = ["TelegramChannel"]
