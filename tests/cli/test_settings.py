"""Settings: everything wrong or half set is named at once, and no secret is ever repeated."""

from __future__ import annotations

import os
import string
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from bot import settings
from bot.errors import BadSettings
from bot.settings import Settings, read, secret_key, unknown_names
from tests.examples import examples

SECRETS = (
    "DATABASE_URL", "SECRET_KEY", "TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET",
    "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET",
)  # fmt: skip
OTHERS = tuple(n.upper() for n in Settings.model_fields if n.upper() not in SECRETS)
TOKEN = "123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
KEY = "k3y-" * 12
# A secret is recognisable: nothing else in an error message looks like it.
RANDOM = st.text(string.ascii_letters + string.digits + ":_-", min_size=8, max_size=60).map(
    lambda text: f"Zq{text}qZ"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without .env, an environment without our settings."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    return tmp_path


def problems(**values: str) -> tuple[str, ...]:
    """What is told about these settings."""
    names = [name for name in values if name in os.environ]
    assert not names
    os.environ.update(values)
    try:
        read()
    except BadSettings as bad:
        return tuple(problem for problem in bad.problems if problem in str(bad))
    finally:
        for name in values:
            del os.environ[name]
    return ()


def test_nothing_set_is_enough() -> None:
    assert problems() == ()


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"PORT": "eighty"}, ["PORT"]),
        ({"PORT": "70000"}, ["PORT"]),
        ({"LOG_LEVEL": "loud"}, ["LOG_LEVEL"]),
        ({"LOG_FORMAT": "xml", "PREVIEW": "maybe"}, ["LOG_FORMAT", "PREVIEW"]),
        ({"SECRET_KEY": "short"}, ["SECRET_KEY"]),
        ({"DATABASE_URL": "postgresql://domov@localhost/domov"}, ["SECRET_KEY"]),
        ({"BLUEPRINT": "nowhere.toml"}, ["BLUEPRINT"]),
        ({"TELEGRAM_BOT_TOKEN": "hello"}, ["TELEGRAM_BOT_TOKEN"]),
        (
            {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_WEBHOOK_SECRET": "s"},
            ["TELEGRAM_WEBHOOK_SECRET"],
        ),
        (
            {"TELEGRAM_WEBHOOK_SECRET": "s", "PUBLIC_URL": "https://bot.example.org"},
            ["TELEGRAM_WEBHOOK_SECRET"],
        ),
        (
            {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_WEBHOOK_SECRET": "ä b",
             "PUBLIC_URL": "https://bot.example.org"},
            ["TELEGRAM_WEBHOOK_SECRET"],
        ),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, ["SLACK_BOT_TOKEN"]),
        ({"SLACK_APP_TOKEN": "xapp-1"}, ["SLACK_BOT_TOKEN"]),
        ({"SLACK_SIGNING_SECRET": "abc"}, ["SLACK_BOT_TOKEN"]),
        (
            {"SLACK_BOT_TOKEN": "xoxp-1", "SLACK_APP_TOKEN": "x"},
            ["SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"],
        ),
        ({"PUBLIC_URL": "bot.example.org"}, ["PUBLIC_URL"]),
        (
            {"TELEGRAM_API_URL": "ftp://x", "SLACK_API_URL": "nothing"},
            ["SLACK_API_URL", "TELEGRAM_API_URL"],
        ),
    ],
)  # fmt: skip
def test_each_wrong_or_half_set_one_is_named(values: dict[str, str], named: list[str]) -> None:
    told = problems(**values)
    assert sorted(problem.partition(":")[0] for problem in told) == named


def test_all_that_is_half_set_is_named_at_once() -> None:
    told = problems(SECRET_KEY="short", SLACK_BOT_TOKEN="xoxb-1", PUBLIC_URL="x", BLUEPRINT="no")
    assert [problem.partition(":")[0] for problem in told] == [
        "SLACK_BOT_TOKEN", "PUBLIC_URL", "SECRET_KEY", "BLUEPRINT",
    ]  # fmt: skip


@hypothesis.settings(
    max_examples=examples(150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.dictionaries(st.sampled_from(SECRETS), RANDOM, min_size=1), st.data())
def test_no_error_ever_repeats_a_secret(given_secrets: dict[str, str], data: st.DataObject) -> None:
    """Whatever else is wrong beside them."""
    wrong = data.draw(st.dictionaries(st.sampled_from(OTHERS), st.text("ab1:/.", max_size=9)))
    with_a_token = data.draw(st.booleans())
    if with_a_token:
        given_secrets = {"TELEGRAM_BOT_TOKEN": TOKEN, **given_secrets}
    for problem in problems(**given_secrets, **wrong):
        for value in given_secrets.values():
            assert value not in problem
        assert "Zq" not in problem


@hypothesis.settings(
    max_examples=examples(100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.dictionaries(st.sampled_from(SECRETS + OTHERS), st.text(max_size=30).filter(
    lambda text: "\x00" not in text and text.isprintable()
)))  # fmt: skip
def test_anything_is_either_read_or_named(values: dict[str, str]) -> None:
    """No traceback whatever stands there; every problem begins with a setting's name."""
    names = {name.upper() for name in Settings.model_fields}
    for problem in problems(**values):
        assert problem.partition(":")[0] in names


@given(st.sampled_from(SECRETS), RANDOM)
@hypothesis.settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_secrets_are_hidden_when_settings_are_printed(name: str, value: str) -> None:
    values: dict[str, Any] = {name.lower(): value}
    held = Settings(**values)
    assert value not in repr(held)
    assert value not in str(held.model_dump())


@given(st.sampled_from(SECRETS + OTHERS))
@hypothesis.settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_name_without_value_is_not_set(name: str) -> None:
    assert problems(**{name: ""}) == ()


def test_secrets_holds_all_of_them() -> None:
    url = "postgresql://domov:s3cr3t@localhost/domov"
    values: dict[str, Any] = {
        name.lower(): f"value-of-{name}" for name in SECRETS if name != "DATABASE_URL"
    }
    held = Settings(database_url=url, **values).secrets
    assert set(held) == {*values.values(), "s3cr3t"}


def test_env_file_is_read_and_the_environment_wins(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("PORT=8001\nexport HOST=::1\n# LOG_LEVEL=debug\n")
    monkeypatch.setenv("PORT", "8002")
    given_settings = read()
    assert (given_settings.port, given_settings.host) == (8002, "::1")
    assert given_settings.log_level == "info"


def test_unknown_names_are_told_with_what_was_perhaps_meant(folder: Path) -> None:
    (folder / ".env").write_text("TELEGRAM_TOKEN=1\nPORT=8000\nCOLOUR=blue\n#PROT=1\n")
    assert unknown_names() == [
        "TELEGRAM_TOKEN: unknown; did you mean TELEGRAM_BOT_TOKEN?",
        "COLOUR: unknown",
    ]


def test_webhook_needs_address_and_secret() -> None:
    values: dict[str, Any] = {
        "telegram_bot_token": TOKEN,
        "public_url": "https://bot.example.org/base/",
    }
    assert Settings(**values).webhook_url is None
    both = Settings(**values, telegram_webhook_secret="s")
    assert both.webhook_url == "https://bot.example.org/base/telegram/webhook"


def test_key_file_is_made_once_and_is_its_owners_alone(folder: Path) -> None:
    path = folder / "domov.sqlite3"
    key = secret_key(Settings(), path)
    assert len(key) >= settings.SECRET_LENGTH
    assert secret_key(Settings(), path) == key
    assert (folder / "domov.sqlite3.key").stat().st_mode & 0o777 == 0o600


def test_a_key_that_is_set_is_taken() -> None:
    assert secret_key(Settings(secret_key=KEY), None) == KEY
    with pytest.raises(BadSettings, match="SECRET_KEY"):
        secret_key(Settings(), None)
