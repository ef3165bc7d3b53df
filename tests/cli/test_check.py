"""``domov check``: every finding, its remedy, the exit code; secrets never."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from blueprints.load import default_path, load
from outreach import ending
from outreach.clock import Context
from storage import tasks
from storage.database import Database, sql
from storage.moments import moment
from storage.notice_texts import keep
from tests.cli.conftest import KEY, Run
from tests.cli.running import domov
from tests.fakes.slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackServer
from tests.fakes.telegram import TOKEN, TelegramServer
from tests.outreach.inviting import NOW
from tests.storage.mentoring_data import ask, member, offer, pair


@contextmanager
def serving(server: Any) -> Iterator[Any]:
    """A fake platform on an event loop of its own: the command brings its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(30)
        yield server
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


@pytest.fixture
def free_port() -> int:
    """A port at which nobody answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def lines(text: str, subject: str) -> list[str]:
    """The findings on a subject, as "LEVEL text"."""
    found = [line for line in text.splitlines() if line[9:].startswith(f"{subject}: ")]
    return [f"{line[:9].strip()} {line[9:].partition(': ')[2]}" for line in found]


def test_erasures_that_an_old_backup_forgot_are_told(on_sqlite: Run, sqlite_url: str) -> None:
    assert lines(on_sqlite("check").stdout, "Erasures") == ["OK whoever was erased stays so"]
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    erased = path.with_name(path.name + "-erased")
    erased.write_text(f"{'a' * 64} 2026-11-22T10:00:00+00:00\n")
    (told,) = lines(on_sqlite("check").stdout, "Erasures")
    assert told.startswith(f"REMARK the database is older than 1 erasure in {erased.name}")
    erased.write_text(f"{'a' * 64} 2026-11-22T10:00:00+00:00\n{'b' * 64} 2026-11-22T10:00:00Z\n")
    (told,) = lines(on_sqlite("check").stdout, "Erasures")
    assert "older than 2 erasures" in told
    erased.unlink()
    erased.mkdir()
    result = on_sqlite("check")
    assert lines(result.stdout, "Erasures") == [f"PROBLEM {erased} cannot be read: Is a directory"]
    assert result.exit_code == 1


def test_changed_words_under_an_old_version_are_a_problem(
    on_database: Run, database_url: str
) -> None:
    told = ["OK the words of 2026-2 are those that people agreed to"]
    assert lines(on_database("check").stdout, "Notice") == told
    with closing(Database.open(database_url)) as database, database.transaction() as tx:
        keep(tx, "2026-2", {"sk": "Iné slová"}, NOW, material=False)
    result = on_database("check")
    (told_now,) = lines(result.stdout, "Notice")
    assert told_now.startswith("PROBLEM ")
    assert "[programme] notice_version" in told_now
    assert "in 'sk'" in told_now
    assert result.exit_code == 1
    run = on_database("run")
    assert "[programme] notice_version" in str(run.exception)


def test_all_is_well_on_either_database(on_database: Run) -> None:
    result = on_database("check")
    assert result.exit_code == 0, result.stdout
    assert "PROBLEM" not in result.stdout
    assert result.stdout.splitlines()[-1] == "Usable."
    (database,) = lines(result.stdout, "Database")
    assert database.startswith("OK ")
    assert "up to date, can be written, 0 people" in database
    assert lines(result.stdout, "Translations") == ["OK complete in en, sk, sl"]
    assert KEY not in result.stdout


def test_check_changes_nothing(on_database: Run, database_url: str, folder: Path) -> None:
    from storage.database import Database
    from storage.tables import Table

    on_database("check")
    database = Database.open(database_url)
    with database.reading() as tx:
        counts = [
            tx.connection.exec_driver_sql(f"SELECT count(*) FROM {table.name}").scalar()
            for table in Table.metadata.sorted_tables
        ]
    database.close()
    assert set(counts) == {0}
    assert list(folder.iterdir()) == []


def test_a_database_that_is_not_there_is_a_problem(run: Run, folder: Path) -> None:
    result = run("check")
    assert result.exit_code == 1
    assert lines(result.stdout, "Database") == [
        "PROBLEM there is none at domov.sqlite3 yet; run `domov migrate`"
    ]
    assert result.stdout.splitlines()[-1] == "Not usable yet: 1 problem."
    assert list(folder.iterdir()) == [], "looking must not make the file"


def test_an_empty_database_wants_migrating(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "domov.sqlite3").touch()
    (found,) = lines(run("check").stdout, "Database")
    assert found.startswith("PROBLEM domov.sqlite3 is ")
    assert found.endswith("behind; run `domov migrate`")


def test_a_database_held_by_a_writer_is_a_problem(
    run: Run, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process that never ends its transaction: found out after the usual wait."""
    import sqlite3

    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    holder = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        result = run("check")
    finally:
        holder.close()
    (found,) = lines(result.stdout, "Database")
    assert result.exit_code == 1
    assert "cannot be written" in found


def test_a_database_that_does_not_answer_is_a_problem(
    run: Run, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    url = f"postgresql://domov:pa55word@127.0.0.1:{free_port}/domov"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SECRET_KEY", KEY)
    result = run("check")
    assert result.exit_code == 1
    (found,) = lines(result.stdout, "Database")
    assert found.startswith("PROBLEM cannot open the database")
    assert found.endswith("Look at DATABASE_URL")
    assert "pa55word" not in result.output


def test_every_setting_that_is_wrong_is_told_and_the_rest_looked_at(
    on_sqlite: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "s3cr3t-s3cr3t")
    monkeypatch.setenv("PUBLIC_URL", "nothing")
    result = on_sqlite("check")
    assert result.exit_code == 1
    assert [line.split(":")[0] for line in lines(result.stdout, "Settings")] == [
        "PROBLEM SLACK_BOT_TOKEN", "PROBLEM PUBLIC_URL",
    ]  # fmt: skip
    assert lines(result.stdout, "Database")[0].startswith("OK ")
    assert "s3cr3t" not in result.output


def test_settings_that_cannot_be_read_are_told(
    on_sqlite: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "eighty")
    monkeypatch.setenv("LOG_LEVEL", "loud")
    result = on_sqlite("check")
    assert result.exit_code == 1
    assert [line.split(":")[0] for line in lines(result.stdout, "Settings")] == [
        "PROBLEM PORT", "PROBLEM LOG_LEVEL",
    ]  # fmt: skip
    assert lines(result.stdout, "Translations")[0].startswith("OK ")


def test_unknown_names_in_env_are_remarks(on_sqlite: Run, folder: Path) -> None:
    (folder / ".env").write_text("TELEGRAM_TOKEN=123:abc\n")
    result = on_sqlite("check")
    assert result.exit_code == 0
    (found, _) = lines(result.stdout, "Settings")
    assert found.startswith(
        "REMARK .env: TELEGRAM_TOKEN: unknown; did you mean TELEGRAM_BOT_TOKEN?"
    )
    assert "123:abc" not in result.output


def test_placeholders_of_the_blueprint_are_remarks(on_sqlite: Run) -> None:
    levels = [line.split()[0] for line in lines(on_sqlite("check").stdout, "Blueprint")]
    assert levels == ["OK", "REMARK", "REMARK"]


def test_a_bad_blueprint_is_told_line_by_line(
    on_sqlite: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = folder / "bad.toml"
    bad.write_text(default_path().read_text().replace("minimum_age = 16", "minimum_age = 160"))
    monkeypatch.setenv("BLUEPRINT", str(bad))
    result = on_sqlite("check")
    assert result.exit_code == 1
    (found,) = lines(result.stdout, "Blueprint")
    assert found.startswith("PROBLEM bad.toml:")
    assert "minimum_age" in found


def test_a_faulty_translation_is_a_problem(on_sqlite: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messages.check.problems", lambda words: ["sl: menu.title: not translated"])
    result = on_sqlite("check")
    assert result.exit_code == 1
    (found,) = lines(result.stdout, "Translations")
    assert found.startswith("PROBLEM sl: menu.title: not translated. ")


# --- the secret key -------------------------------------------------------------------------------


def key_file(url: str, text: str, mode: int = 0o600) -> Path:
    path = Path(url.removeprefix("sqlite:///") + ".key")
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("text", "mode", "told"),
    [
        (KEY, 0o600, "OK {} holds it. "),
        (KEY, 0o644, "REMARK others may read {}; run: chmod 600 {}"),
        ("short", 0o600, "PROBLEM {} holds no key"),
        ("ab" * 20, 0o600, "REMARK {} can be guessed; "),
    ],
)
def test_the_key_file_is_looked_at(
    run: Run, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, text: str, mode: int, told: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    path = key_file(sqlite_url, text, mode)
    result = run("check")
    assert lines(result.stdout, "Secret key")[0].startswith(told.replace("{}", str(path)))
    assert text not in result.output or text == "short"


def test_a_key_that_can_be_guessed_is_a_remark(
    on_sqlite: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "x" * 40)
    (found,) = lines(on_sqlite("check").stdout, "Secret key")
    assert found.startswith("REMARK SECRET_KEY can be guessed; make one with: ")


# --- platforms ------------------------------------------------------------------------------------


def test_a_good_telegram_token_is_named_by_its_bot(
    on_sqlite: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(TelegramServer(username="domov_test_bot")) as server:
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
        monkeypatch.setenv("TELEGRAM_API_URL", server.url)
        result = on_sqlite("check")
        called = [call.method for call in server.calls]
    assert result.exit_code == 0
    assert lines(result.stdout, "Telegram") == ["OK the token is @domov_test_bot's"]
    assert called == ["getMe", "getWebhookInfo"]


def test_a_wrong_telegram_token_is_a_problem_and_not_repeated(
    on_sqlite: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = "999999:AAHwrongwrongwrongwrongwrongwrongwrong"
    with serving(TelegramServer()) as server:
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", wrong)
        monkeypatch.setenv("TELEGRAM_API_URL", server.url)
        result = on_sqlite("check")
    assert result.exit_code == 1
    (found,) = lines(result.stdout, "Telegram")
    assert found.startswith("PROBLEM 127.0.0.1 refuses TELEGRAM_BOT_TOKEN")
    assert "@BotFather" in found
    assert wrong not in result.output


def test_platforms_that_cannot_be_reached_are_problems(
    on_sqlite: Run, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    nobody = f"http://127.0.0.1:{free_port}"
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("TELEGRAM_API_URL", nobody)
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT_TOKEN)
    monkeypatch.setenv("SLACK_APP_TOKEN", APP_TOKEN)
    monkeypatch.setenv("SLACK_API_URL", f"{nobody}/api/")
    result = on_sqlite("check")
    assert result.exit_code == 1
    assert lines(result.stdout, "Telegram")[0].startswith("PROBLEM 127.0.0.1 cannot be reached. ")
    assert lines(result.stdout, "Slack")[0].startswith("PROBLEM Slack cannot be reached")
    for token in (TOKEN, BOT_TOKEN, APP_TOKEN):
        assert token not in result.output


def test_a_server_that_is_no_bot_api_is_told(
    on_sqlite: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(SlackServer()) as server:
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
        monkeypatch.setenv("TELEGRAM_API_URL", server.url)
        result = on_sqlite("check")
    assert result.exit_code == 1
    assert lines(result.stdout, "Telegram")[0].startswith("PROBLEM ")
    assert TOKEN not in result.output


def test_a_webhook_of_before_is_told_when_polling(
    on_sqlite: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.cli.check.platforms import _webhook
    from bot.settings import Settings

    polling = Settings(telegram_bot_token=TOKEN)
    (found,) = _webhook(polling, {"url": "https://old.example.org/hook"})
    assert str(found).startswith(
        "REMARK   Telegram: still delivers to a webhook at old.example.org"
    )
    hooked = Settings(
        telegram_bot_token=TOKEN,
        telegram_webhook_secret="s",
        public_url="https://bot.example.org",
    )
    ours = "https://bot.example.org/telegram/webhook"
    assert list(_webhook(hooked, {"url": ours})) == []
    (failing,) = _webhook(hooked, {"url": ours, "last_error_message": "Connection refused"})
    assert "Connection refused" in failing.text
    (other,) = _webhook(hooked, {"url": "https://old.example.org/"})
    assert "changes it to ours" in other.text
    (busy,) = _webhook(polling, {"pending_update_count": 5_000})
    assert "5,000 messages wait" in busy.text


def test_a_good_slack_token_is_named_by_its_workspace(
    on_sqlite: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(SlackServer()) as server:
        monkeypatch.setenv("SLACK_BOT_TOKEN", BOT_TOKEN)
        monkeypatch.setenv("SLACK_APP_TOKEN", APP_TOKEN)
        monkeypatch.setenv("SLACK_API_URL", server.api_url)
        result = on_sqlite("check")
        calls = dict(server.counts)
    assert result.exit_code == 0, result.stdout
    assert lines(result.stdout, "Slack")[0].startswith("OK the token is ")
    assert set(calls) == {"auth.test"}


def test_a_wrong_slack_token_and_missing_scopes_are_problems(
    on_sqlite: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(SlackServer()) as server:
        monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-wrong-wrong-wrong")
        monkeypatch.setenv("SLACK_APP_TOKEN", APP_TOKEN)
        monkeypatch.setenv("SLACK_API_URL", server.api_url)
        refused = on_sqlite("check")
        monkeypatch.setenv("SLACK_BOT_TOKEN", BOT_TOKEN)
        server.scopes -= {"files:write"}
        scopes = on_sqlite("check")
    assert (refused.exit_code, scopes.exit_code) == (1, 1)
    assert "SLACK_BOT_TOKEN: Slack refuses the token" in lines(refused.stdout, "Slack")[0]
    assert "lacks the scopes files:write" in lines(scopes.stdout, "Slack")[0]
    assert "xoxb-wrong-wrong-wrong" not in refused.output


# --- addresses ------------------------------------------------------------------------------------

WEBHOOK = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_WEBHOOK_SECRET": "s"}
HTTP = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": SIGNING_SECRET}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, ["OK listens at 127.0.0.1 port 8000; the chat page is for this machine alone"]),
        ({"PREVIEW": "off"}, ["OK listens at 127.0.0.1 port 8000, without the chat page"]),
        ({"PREVIEW": "on", "HOST": "0.0.0.0"}, ["REMARK PREVIEW=on at 0.0.0.0 port 8000"]),
        ({"PUBLIC_URL": "https://bot.example.org"}, ["OK listens", "REMARK PUBLIC_URL is set and"]),
        (
            {**WEBHOOK, "PUBLIC_URL": "https://bot.example.org"},
            ["OK listens", "OK bot.example.org is called at /telegram/webhook; the proxy"],
        ),
        (
            {**WEBHOOK, **HTTP, "PUBLIC_URL": "https://bot.example.org"},
            ["OK listens", "OK bot.example.org is called at /telegram/webhook and /slack/events"],
        ),
        (
            {**WEBHOOK, "PUBLIC_URL": "http://bot.example.org:8080"},
            ["OK listens", "PROBLEM PUBLIC_URL must begin with https://",
             "PROBLEM PUBLIC_URL has port 8080; Telegram calls only"],
        ),
        ({**WEBHOOK, "PUBLIC_URL": "https://127.0.0.1"}, ["OK", "PROBLEM PUBLIC_URL is this"]),
        ({**WEBHOOK, "PUBLIC_URL": "https://a.at?x=1"}, ["OK", "PROBLEM PUBLIC_URL must end"]),
        ({**WEBHOOK, "PUBLIC_URL": "https://a.at:99999"}, ["OK", "PROBLEM PUBLIC_URL has a"]),
        (HTTP, ["OK listens", "REMARK SLACK_SIGNING_SECRET is set, so Slack must reach"]),
    ],
)  # fmt: skip
def test_addresses_that_do_not_fit_are_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, values: dict[str, str], told: list[str]
) -> None:
    from bot.cli.check.addresses import check
    from bot.settings import Settings

    for name, value in values.items():
        monkeypatch.setenv(name, value)
    found = [f"{each.level.value} {each.text}" for each in check(Settings())]
    assert len(found) == len(told), found
    for line, begin in zip(found, told, strict=True):
        assert line.startswith(begin)


def test_check_as_a_process(tmp_path: Path, sqlite_url: str) -> None:
    copy = tmp_path / "copy.sqlite3"
    shutil.copyfile(sqlite_url.removeprefix("sqlite:///"), copy)
    ended = domov("check", folder=tmp_path, settings={"DATABASE_URL": f"sqlite:///{copy}"})
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.endswith("Usable.\n")


def test_a_planned_task_that_fails_is_told_with_its_reason(on_sqlite: Run, sqlite_url: str) -> None:
    assert lines(on_sqlite("check").stdout, "Planned") == ["OK nothing has failed"]
    now = datetime(2026, 11, 22, 10, tzinfo=UTC)
    with closing(Database.open(sqlite_url)) as database, database.transaction() as tx:
        tasks.plan(tx, "event.invite", "event:7", now, now)
        for _ in range(5):
            tx.run(sql("UPDATE task SET due_at = :now"), now=moment(now))
            task = tasks.take(tx, now)
            assert task is not None
            tasks.failed(tx, task, "the filter cannot be read", now)

    result = on_sqlite("check")
    assert result.exit_code == 0
    assert lines(result.stdout, "Planned") == [
        "REMARK event.invite of event:7 was given up; the next start of `domov run` tries it"
        " again: the filter cannot be read"
    ]


def test_proposals_that_wait_for_staff_are_told(on_sqlite: Run, sqlite_url: str) -> None:
    assert lines(on_sqlite("check").stdout, "Mentoring") == ["OK no proposal waits for staff"]
    with closing(Database.open(sqlite_url)) as database, database.transaction() as tx:
        mentee, mentor = member(tx, 901, "Mária", "local"), member(tx, 902, "Peter", "expat")
        pair(tx, ask(tx, mentee), mentee, offer(tx, mentor))

    (told,) = lines(on_sqlite("check").stdout, "Mentoring")
    assert told.startswith(f"REMARK 1 proposal waits for staff, since {NOW:%Y-%m-%d}; ")


def test_how_far_away_the_end_is(
    on_sqlite: Run, monkeypatch: pytest.MonkeyPatch, sqlite_url: str
) -> None:
    """Far away, near, over and to come, over and done."""

    def at(text: str) -> str:
        moment_ = datetime.fromisoformat(text)
        monkeypatch.setattr("bot.cli.check.ending.now", lambda: moment_)
        (told,) = lines(on_sqlite("check").stdout, "Programme")
        return told

    def started(text: str) -> None:
        begun = datetime.fromisoformat(text)
        with closing(Database.open(sqlite_url)) as database, database.transaction() as tx:
            ending.ensure(tx, Context(begun, load(default_path()), ("telegram",)))

    ahead = (
        "people are told on 2028-12-17 and erased on 2028-12-31. Another ends_on in the blueprint"
        " moves it"
    )
    assert at("2026-12-01T09:00Z") == f"OK ends on 2028-12-31, in 761 days: {ahead}"
    assert at("2028-12-30T09:00Z") == f"REMARK ends on 2028-12-31, in 1 day: {ahead}"
    assert at("2029-02-01T09:00Z").startswith(
        "REMARK it ended on 2028-12-31. Where everybody was erased, marks, proofs and the staff log"
        " stay for their days, the last until 2031-12-31: "
    )
    started("2029-02-01T09:00Z")
    assert at("2029-02-01T09:00Z").startswith(
        "REMARK it ended on 2028-12-31, so nobody new is registered; on 2029-02-08 everybody is"
        " erased, for good."
    )


def test_files_that_others_may_read_are_named_with_what_mends_it(
    on_sqlite: Run, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    state = tmp_path / "state of it"
    state.mkdir()
    monkeypatch.setenv("STATE_DIRECTORY", str(state))
    for each in path.parent.glob(f"{path.name}*"):
        each.chmod(0o600)
    assert lines(on_sqlite("check").stdout, "Files") == [
        "OK only this user may read the database and what belongs to it"
    ]
    path.chmod(0o640)
    (state / "domov-sent").touch(0o604)
    (state / "domov-sent").chmod(0o604)
    (told,) = lines(on_sqlite("check").stdout, "Files")
    assert told.startswith(f"REMARK others may read or write {path}, {state}/domov-sent; run: ")
    command = told.partition("run: ")[2]
    subprocess.run(command, shell=True, check=True)
    assert lines(on_sqlite("check").stdout, "Files")[0].startswith("OK ")
