"""Slack: direct messages, the app's home, windows and one slash command."""

from bot.channels.slack.channel import SlackChannel
from bot.channels.slack.errors import SlackError, SlackSetupError, SlackUnavailable

__all__ = ["SlackChannel", "SlackError", "SlackSetupError", "SlackUnavailable"]
