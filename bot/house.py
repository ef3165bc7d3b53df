"""The parts that do not depend on a platform, put together from the settings."""

from __future__ import annotations

from datetime import UTC, datetime

from blueprints.load import load
from bot.settings import Settings, secret_key
from bot.turn.context import House
from messages.words import Words
from storage.urls import parse_url


def now() -> datetime:
    """The clock of the program: the present moment in UTC."""
    return datetime.now(UTC)


def build_house(settings: Settings, owner: str) -> House:
    """Blueprint, words and key. Raises BlueprintError, CatalogError, BadSettings."""
    blueprint = load(settings.blueprint)
    path = parse_url(settings.database_url.get_secret_value()).path
    words, key = Words(blueprint.languages), secret_key(settings, path)
    return House(blueprint, words, key, owner, sending_channels(settings))


def sending_channels(settings: Settings) -> tuple[str, ...]:
    """The channels that the program sends through with these settings: whom they reach counts
    as reachable."""
    platforms = {"telegram": settings.telegram_bot_token, "slack": settings.slack_bot_token}
    channels = [name for name, token in platforms.items() if token is not None]
    if settings.preview != "off":
        # Invented people are sent to where nobody real could be.
        channels += ["preview"] if channels else ["preview", "demo"]
    return tuple(channels)
