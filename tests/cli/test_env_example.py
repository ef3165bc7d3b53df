"""``.env.example``: every setting, each explained, and the file itself can be used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import settings
from bot.settings import Settings
from tests.cli.running import ROOT

TEXT = (ROOT / ".env.example").read_text(encoding="utf-8")
# Issue 2, "Settings by environment or .env".
OF_THE_ISSUE = {
    "DATABASE_URL", "SECRET_KEY", "BLUEPRINT", "HOST", "PORT", "PUBLIC_URL", "LOG_LEVEL",
    "LOG_FORMAT", "TELEGRAM_BOT_TOKEN", "TELEGRAM_API_URL", "TELEGRAM_WEBHOOK_SECRET",
    "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL", "PREVIEW",
}  # fmt: skip


def offered() -> dict[str, str]:
    """Name -> value of the settings that stand at the beginning of a line, commented out."""
    return dict(re.findall(r"^# ([A-Z_]+)=(.*)$", TEXT, re.MULTILINE))


def test_every_setting_is_offered_once() -> None:
    names = re.findall(r"^# ([A-Z_]+)=", TEXT, re.MULTILINE)
    assert sorted(names) == sorted({name.upper() for name in Settings.model_fields})
    assert set(names) >= OF_THE_ISSUE


def test_every_setting_is_explained() -> None:
    for name in offered():
        paragraph = next(
            p for p in TEXT.split("\n\n") if re.search(rf"^# {name}=", p, re.MULTILINE)
        )
        words = [line for line in paragraph.splitlines() if not re.match(r"# [A-Z_]+=", line)]
        assert len(" ".join(words).split()) >= 8, f"{name} is not explained"


def test_defaults_shown_are_the_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    shown = offered()
    plain = settings.read()
    assert shown["DATABASE_URL"] == plain.database_url.get_secret_value()
    for name in ("host", "port", "log_level", "log_format", "preview", "telegram_api_url",
                 "slack_api_url"):  # fmt: skip
        assert shown[name.upper()] == str(getattr(plain, name))


def test_the_file_itself_is_a_good_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    (tmp_path / ".env").write_text(TEXT, encoding="utf-8")
    settings.read()
    assert settings.unknown_names() == []
