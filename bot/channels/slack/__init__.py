"""Slack: direct messages, the app's home, windows and one slash command."""
