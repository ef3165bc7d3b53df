"""``domov event post``: an event's card in a group."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.database import Database, sql
from tests.cli.conftest import Run
from tests.cli.test_events import FILE
from tests.outreach.inviting import people

TOKEN = "100001:a-token-that-is-nobodys-at-all-123456"
POSTS = sql(
    "SELECT channel, account, chat, kind, action, target, variant, state FROM delivery"
    " WHERE kind = 'post' ORDER BY id"
)


@pytest.fixture
def filled(database_url: str) -> Database:
    database = Database.open(database_url)
    with database.transaction() as tx:
        people(tx, 3)
    return database


@pytest.fixture
def made(on_database: Run, filled: Database, folder: Path) -> Run:
    """With a draft."""
    (folder / "brunch.toml").write_text(FILE)
    assert on_database("event", "create", "brunch.toml").exit_code == 0
    return on_database


@pytest.fixture(autouse=True)
def tokens(made: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-nobodys")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "nobodys")


def posted(database: Database) -> list[tuple[object, ...]]:
    with database.reading() as tx:
        return tx.run(POSTS).fetchall()


def test_announced_event_is_posted_once_and_changes_there(made: Run, filled: Database) -> None:
    draft = made("event", "post", "brunch-nov", "--telegram", "-1007")
    assert draft.exit_code == 1
    assert "only an announced event" in f"{draft.output} {draft.exception}"
    assert made("event", "announce", "brunch-nov", "--yes").exit_code == 0
    told = made("event", "post", "brunch-nov", "--telegram", "-1007", "--language", "en")
    assert told.exit_code == 0, told.output
    assert posted(filled) == [("telegram", "100001", "-1007", "post", "send", None, "en", "queued")]
    with filled.transaction() as tx:
        tx.run(sql("UPDATE delivery SET state = 'sent', message = '77' WHERE kind = 'post'"))
    cancelled = made("event", "cancel", "brunch-nov", "--yes")
    assert cancelled.exit_code == 0, cancelled.output
    assert posted(filled)[1:] == [
        ("telegram", "100001", "-1007", "post", "edit", "77", "en", "queued")
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "say where"),
        (("--telegram", "-1", "--slack", "C0123456789"), "say where"),
        (("--telegram", "12345"), "is no group"),
        (("--telegram", "Košičania"), "is no group"),
        (("--slack", "#general"), "nobody has written to the bot there yet"),
    ],
)
def test_what_is_no_group_is_refused(
    made: Run,
    filled: Database,
    words: tuple[str, ...],
    told: str,
) -> None:
    made("event", "announce", "brunch-nov", "--yes")
    result = made("event", "post", "brunch-nov", *words)
    assert result.exit_code in (1, 2)
    assert told in f"{result.output} {result.exception}"
    assert posted(filled) == []
