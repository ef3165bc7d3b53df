"""Settings, from the environment or a file `.env` in the working directory.

Everything wrong or half set is named at once, with what would be right.
"""

from __future__ import annotations

import os
import secrets
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from blueprints.load import default_path
from bot.errors import BadSettings
from bot.sending.limits import MOST_A_SECOND, SLACK_RATE, TELEGRAM_RATE

DEFAULT_DATABASE = "sqlite:///domov.sqlite3"
TELEGRAM_API = "https://api.telegram.org"
SLACK_API = "https://slack.com/api/"
SECRET_LENGTH = 32
ENV_FILE = ".env"


def _blank_is_unset(value: Any) -> Any:
    """`NAME=` in a file means: not set."""
    return None if isinstance(value, str) and not value.strip() else value


Secret = Annotated[SecretStr | None, BeforeValidator(_blank_is_unset)]
Address = Annotated[str | None, BeforeValidator(_blank_is_unset)]


class Settings(BaseSettings):
    """One field a variable of the same name in capitals; see `.env.example`."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE, env_file_encoding="utf-8", extra="ignore", frozen=True,
        env_ignore_empty=True, hide_input_in_errors=True,
    )  # fmt: skip

    database_url: SecretStr = SecretStr(DEFAULT_DATABASE)
    secret_key: Secret = None
    blueprint: Path = Field(default_factory=default_path)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: Address = None
    health_hosts: Address = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    telegram_bot_token: Secret = None
    telegram_api_url: str = TELEGRAM_API
    telegram_webhook_secret: Secret = None
    slack_bot_token: Secret = None
    slack_app_token: Secret = None
    slack_signing_secret: Secret = None
    slack_api_url: str = SLACK_API
    telegram_rate: int = Field(default=TELEGRAM_RATE, ge=0, le=MOST_A_SECOND)
    slack_rate: int = Field(default=SLACK_RATE, ge=1, le=MOST_A_SECOND)
    state_directory: Annotated[Path | None, BeforeValidator(_blank_is_unset)] = None
    backup_directory: Annotated[Path | None, BeforeValidator(_blank_is_unset)] = None
    preview: Literal["auto", "on", "off"] = "auto"

    @field_validator("log_level", "log_format", "preview", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @property
    def chat_page(self) -> Literal["auto", "on", "off"]:
        """Who may open the chat page. Whoever has a public address has a proxy in front, behind
        which nobody is at this machine: then it is off unless it is wanted."""
        if self.preview == "auto" and self.public_url is not None:
            return "off"
        return self.preview

    @property
    def telegram(self) -> bool:
        return self.telegram_bot_token is not None

    @property
    def slack(self) -> bool:
        return self.slack_bot_token is not None

    @property
    def webhook_url(self) -> str | None:
        """Where Telegram shall deliver; None: we ask for updates ourselves."""
        if self.public_url is None or self.telegram_webhook_secret is None:
            return None
        return f"{self.public_url.rstrip('/')}/telegram/webhook"

    @property
    def known_hosts(self) -> frozenset[str]:
        """Under which names /healthz and /metrics answer, beside this machine's own."""
        named = {each.strip().lower() for each in (self.health_hosts or "").split(",")}
        public = urlsplit(self.public_url).hostname if self.public_url else None
        return frozenset({*named, public or "", self.host.lower()} - {"", "0.0.0.0", "::"})  # noqa: S104 - left out

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret value, to be kept out of logs."""
        given = (
            self.secret_key, self.telegram_bot_token, self.telegram_webhook_secret,
            self.slack_bot_token, self.slack_app_token, self.slack_signing_secret,
        )  # fmt: skip
        values = [each.get_secret_value() for each in given if each is not None]
        password = urlsplit(self.database_url.get_secret_value()).password
        return tuple(values + ([password] if password else []))


def read() -> Settings:
    """The settings; raises BadSettings naming everything that is wrong."""
    settings, problems = examine()
    if settings is None or problems:
        raise BadSettings(problems)
    return settings


def examine() -> tuple[Settings | None, list[str]]:
    """The settings, where they can be read at all, and everything that is wrong with them."""
    try:
        settings = Settings()
    except ValidationError as problem:
        wrong = [_told(error) for error in problem.errors()]
        return None, [*wrong, *_half_set_beside({str(e["loc"][0]) for e in problem.errors()})]
    return settings, _half_set(settings)


def _half_set_beside(wrong: set[str]) -> list[str]:
    """What is half set among the settings that can be read: all that is wrong is said at once."""
    fields = Settings.model_fields
    defaults = {name: fields[name].get_default(call_default_factory=True) for name in wrong}
    try:
        return _half_set(Settings(**defaults))
    except ValidationError:  # not readable even so: what is known was said
        return []


def _told(error: Any) -> str:
    name = str(error["loc"][0]).upper() if error["loc"] else "settings"
    return f"{name}: {error['msg']}"


def _half_set(settings: Settings) -> list[str]:
    problems = [*_telegram(settings), *_slack(settings), *_addresses(settings)]
    key = settings.secret_key
    if key is not None and len(key.get_secret_value()) < SECRET_LENGTH:
        problems.append(
            f"SECRET_KEY: has fewer than {SECRET_LENGTH} characters; make one with:"
            " python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    if key is None and not settings.database_url.get_secret_value().startswith("sqlite"):
        problems.append(
            "SECRET_KEY: needed with PostgreSQL (on SQLite a key file is made beside the database)"
        )
    if not settings.blueprint.is_file():
        problems.append(f"BLUEPRINT: there is no file {settings.blueprint}")
    if settings.state_directory is not None and not settings.state_directory.is_dir():
        problems.append(f"STATE_DIRECTORY: there is no directory {settings.state_directory}")
    return problems


def _telegram(settings: Settings) -> list[str]:
    problems = []
    token = settings.telegram_bot_token
    if token is not None and not _looks_like_bot_token(token.get_secret_value()):
        problems.append(
            "TELEGRAM_BOT_TOKEN: is not a bot token; @BotFather gives one like 123456:ABC…"
        )
    if settings.telegram_webhook_secret is not None and settings.public_url is None:
        problems.append(
            "TELEGRAM_WEBHOOK_SECRET: is set without PUBLIC_URL; set both for a webhook,"
            " or neither for polling"
        )
    if settings.telegram_webhook_secret is not None and token is None:
        problems.append("TELEGRAM_WEBHOOK_SECRET: is set without TELEGRAM_BOT_TOKEN")
    secret = settings.telegram_webhook_secret
    if secret is not None and not _webhook_secret(secret.get_secret_value()):
        problems.append("TELEGRAM_WEBHOOK_SECRET: must be 1 to 256 of A-Z a-z 0-9 _ -")
    return problems


def _looks_like_bot_token(token: str) -> bool:
    number, colon, rest = token.partition(":")
    return bool(colon and number.isdecimal() and rest and not any(map(str.isspace, token)))


def _webhook_secret(secret: str) -> bool:
    """https://core.telegram.org/bots/api#setwebhook, secret_token"""
    plain = secret.replace("_", "").replace("-", "")
    return len(secret) <= 256 and (not plain or (plain.isascii() and plain.isalnum()))


def _slack(settings: Settings) -> list[str]:
    bot, app, signing = (
        settings.slack_bot_token,
        settings.slack_app_token,
        settings.slack_signing_secret,
    )
    problems = []
    if bot is None and (app is not None or signing is not None):
        name = "SLACK_APP_TOKEN" if app is not None else "SLACK_SIGNING_SECRET"
        problems.append(f"SLACK_BOT_TOKEN: is missing, but {name} is set")
    if bot is not None and app is None and signing is None:
        problems.append(
            "SLACK_BOT_TOKEN: needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)"
        )
    for name, token, prefix in (
        ("SLACK_BOT_TOKEN", bot, "xoxb-"),
        ("SLACK_APP_TOKEN", app, "xapp-"),
    ):
        if token is not None and not token.get_secret_value().startswith(prefix):
            problems.append(f"{name}: must begin with {prefix}")
    return problems


def _addresses(settings: Settings) -> list[str]:
    problems = []
    for name, value in (
        ("PUBLIC_URL", settings.public_url),
        ("TELEGRAM_API_URL", settings.telegram_api_url),
        ("SLACK_API_URL", settings.slack_api_url),
    ):
        if value is None:
            continue
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            problems.append(f"{name}: must be an address like https://bot.example.org")
    return problems


def unknown_names() -> list[str]:
    """Lines of `.env` whose names mean nothing here, with what was perhaps meant."""
    path = Path(ENV_FILE)
    if not path.is_file():
        return []
    known = [name.upper() for name in Settings.model_fields]
    told = []
    for line in path.read_text(encoding="utf-8").splitlines():
        name = line.partition("=")[0].strip().removeprefix("export ").strip()
        if "=" not in line or name.startswith("#") or name.upper() in known:
            continue
        close = get_close_matches(name.upper(), known, 1)
        told.append(f"{name}: unknown" + (f"; did you mean {close[0]}?" if close else ""))
    return told


def secret_key(settings: Settings, database_path: Path | None) -> str:
    """The key for hashes. Without SECRET_KEY a file beside the SQLite database holds one, made
    at the first start and readable by its owner alone."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    if database_path is None:
        raise BadSettings(["SECRET_KEY: needed with this database"])
    path = database_path.with_name(database_path.name + ".key")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(48)
        file.write(key + "\n")
    return key


def sending_channels(settings: Settings) -> tuple[str, ...]:
    """The channels that the program sends through with these settings: whom they reach counts
    as reachable."""
    platforms = {"telegram": settings.telegram_bot_token, "slack": settings.slack_bot_token}
    channels = [name for name, token in platforms.items() if token is not None]
    if settings.chat_page != "off":
        # Invented people are sent to where nobody real could be.
        channels += ["preview"] if channels else ["preview", "demo"]
    return tuple(channels)
