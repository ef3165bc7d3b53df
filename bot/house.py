"""The parts that do not depend on a platform, put together from the settings."""

from __future__ import annotations

from blueprints.load import load
from bot.settings import Settings, secret_key, sending_channels
from bot.turn.context import House
from messages.words import Words
from storage.urls import parse_url


def build_house(settings: Settings, owner: str) -> House:
    """Blueprint, words and key. Raises BlueprintError, CatalogError, BadSettings."""
    blueprint = load(settings.blueprint)
    path = parse_url(settings.database_url.get_secret_value()).path
    words, key = Words(blueprint.languages), secret_key(settings, path)
    return House(
        blueprint, words, key, owner, sending_channels(settings), public_url=settings.public_url
    )
