"""``domov event post``: an event's card in a group."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli import event_post
from storage import posts
from storage.database import Database, sql
from storage.transaction import Transaction
from tests.cli.conftest import Run
from tests.cli.test_check import serving
from tests.cli.test_events import FILE
from tests.fakes.slack import SlackServer
from tests.fakes.slack.state import TEAM
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
        (("--telegram", "12345"), "isn't a group"),
        (("--telegram", "Košičania"), "isn't a group"),
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


@pytest.fixture
def workspace(
    made: Run, filled: Database, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SlackServer]:
    """A Slack workspace with somebody in it whom the bot knows; the event is announced."""
    assert made("event", "announce", "brunch-nov", "--yes").exit_code == 0
    with filled.transaction() as tx:
        tx.run(
            sql("UPDATE identity SET channel = 'slack', account = :team WHERE id = 1"), team=TEAM
        )
    with serving(SlackServer()) as server:
        monkeypatch.setenv("SLACK_BOT_TOKEN", server.bot_token)
        monkeypatch.setenv("SLACK_API_URL", server.api_url)
        yield server


def test_channel_with_the_bot_is_posted_to(
    made: Run, filled: Database, workspace: SlackServer
) -> None:
    channel = workspace.workspace.channel()
    told = made("event", "post", "brunch-nov", "--slack", channel)
    assert told.exit_code == 0, told.output
    assert [(row[1], row[2], row[7]) for row in posted(filled)] == [(TEAM, channel, "queued")]


@pytest.mark.parametrize("name", ["#kosice", "kosice"])
def test_channel_is_chosen_by_its_name(
    made: Run, filled: Database, workspace: SlackServer, name: str
) -> None:
    workspace.workspace.channel("general")
    channel = workspace.workspace.channel("kosice")
    told = made("event", "post", "brunch-nov", "--slack", name)
    assert told.exit_code == 0, told.output
    assert [row[2] for row in posted(filled)] == [channel]
    unknown = made("event", "post", "brunch-nov", "--slack", "#bratislava")
    assert unknown.exit_code == 1
    assert "no channel #bratislava" in f"{unknown.output} {unknown.exception}"
    assert len(posted(filled)) == 1


@pytest.mark.parametrize("known", [True, False])
def test_channel_without_the_bot_is_refused_with_the_remedy(
    made: Run, filled: Database, workspace: SlackServer, known: bool
) -> None:
    """Nothing is planned; a private channel is none for Slack."""
    channel = workspace.workspace.channel(invited=False) if known else "C0PRIVATE0"
    told = made("event", "post", "brunch-nov", "--slack", channel)
    assert told.exit_code == 1
    assert "/invite @domov" in f"{told.output} {told.exception}"
    assert posted(filled) == []


@pytest.mark.parametrize(("state", "code"), [("queued", 0), ("failed", 1), ("sent", 0)])
def test_where_slack_may_not_be_asked_what_came_of_it_is_told(
    made: Run,
    filled: Database,
    workspace: SlackServer,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
    code: int,
) -> None:
    """An app that was installed without the scope for it."""
    workspace.scopes -= {"channels:read"}
    monkeypatch.setattr(event_post, "LOOK_EVERY", 0.0)
    monkeypatch.setattr(event_post, "WATCHED", 0.0 if state == "queued" else 30.0)
    look = posts.state

    def came_to(tx: Transaction, number: int) -> str:
        assert look(tx, number) == "queued"
        return state

    monkeypatch.setattr(posts, "state", came_to)
    told = made("event", "post", "brunch-nov", "--slack", workspace.workspace.channel())
    assert told.exit_code == code, told.output
    words = {"queued": "could not be asked", "failed": "/invite", "sent": "is posted to"}
    assert words[state] in f"{told.output} {told.exception}"
