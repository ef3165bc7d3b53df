"""Telegram: private chats with a bot, by long polling or a webhook."""
