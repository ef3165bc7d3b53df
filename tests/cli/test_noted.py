"""Whatever is done or read about people on the command line leaves one line in the staff's log."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.now import now
from bot.turn.context import House
from storage import audiences, staff_log
from storage.database import Database, sql
from storage.mentoring import wishes
from storage.staff_log import Wanted
from tests.cli.conftest import Run
from tests.cli.test_broadcast import NEWS
from tests.cli.test_events import FILE
from tests.cli.test_help import COMMANDS
from tests.outreach.sending import delivery, put
from tests.turn.staff.world import GUEST, make

READ = "people.read"
TOKEN = "100001:a-token-that-is-nobodys-at-all-123456"
TO_FILE = ("--format", "csv", "--output", "out.csv")


@dataclass(frozen=True, slots=True)
class Noted:
    """``action`` is what a command leaves in the log, of ``organisation``, when it is given
    ``more``; ``first`` is what has happened before."""

    action: str
    more: tuple[str, ...] = ()
    organisation: str | None = "cike"
    first: str = ""
    environment: dict[str, str] = field(default_factory=dict)


NOTED = {
    "people list": Noted(READ, organisation=None),
    "people list --organisation cike": Noted(READ),
    "export people": Noted(READ, TO_FILE, None),
    "export answers": Noted(READ, (*TO_FILE, "--organisation", "cike")),
    "rehearse": Noted(READ, ("--until", f"{now() + timedelta(hours=1):%Y-%m-%d}"), None),
    "audience count": Noted(READ, ("everybody",), None),
    "audience save": Noted("audience.save", ("us", "everybody"), None),
    "audience show": Noted(READ, ("kin",)),
    "audience delete": Noted("audience.delete", ("kin",)),
    "deliveries list": Noted(READ, organisation=None),
    "deliveries hold": Noted("deliveries.hold", ("--all", "--yes"), None),
    "deliveries release": Noted("deliveries.release", ("--event", "brunch", "--yes"),
        first="UPDATE delivery SET state = 'held', reason = 'held by staff'"),
    "deliveries cancel": Noted("deliveries.cancel", ("--event", "brunch", "--yes"),
        first="UPDATE delivery SET state = 'held', reason = 'held by staff'"),
    "event create": Noted("event.create", ("event.toml",)),
    "event announce": Noted("event.announce", ("draft", "--yes")),
    "event change": Noted("event.change", ("brunch", "--set", "link=https://example.org", "--yes")),
    "event cancel": Noted("event.cancel", ("brunch", "--yes")),
    "event close": Noted("event.close", ("brunch",)),
    "event export": Noted(READ, ("brunch", *TO_FILE)),
    "event checkin": Noted("event.checkin", ("brunch", str(GUEST)),
        first="UPDATE event SET starts_at = created_at"),
    "event post": Noted("event.post", ("brunch", "--telegram", "-1007"),
        environment={"TELEGRAM_BOT_TOKEN": TOKEN}),
    "broadcast create": Noted("broadcast.create", ("news.md", "--audience", "everybody")),
    "broadcast preview": Noted(READ, ("draft", "--person", str(GUEST)), None),
    "broadcast test": Noted("broadcast.test", ("draft", "--person", str(GUEST))),
    "broadcast review": Noted(READ, ("draft",)),
    "broadcast send": Noted("broadcast.send", ("draft", "--yes")),
    "broadcast schedule": Noted("broadcast.schedule",
        ("draft", "--at", f"{now() + timedelta(days=2):%Y-%m-%d 12:00}", "--yes")),
    "broadcast pause": Noted("broadcast.pause", ("sending",)),
    "broadcast resume": Noted("broadcast.resume", ("paused",)),
    "broadcast cancel": Noted("broadcast.cancel", ("sending", "--yes")),
    "broadcast correct": Noted("broadcast.correct", ("sending", "sending.md", "--yes")),
    "broadcast withdraw": Noted("broadcast.withdraw", ("sending", "--yes")),
    "broadcast export": Noted(READ, ("sending", *TO_FILE)),
    "match round": Noted("match.round", ("--organisation", "cike", "--yes")),
    "match round --dry-run": Noted(READ, organisation=None),
    "match list": Noted(READ, organisation=None),
    "match show": Noted(READ, ("1",)),
    "match approve": Noted("match.approve", ("1",)),
    "match swap": Noted("match.swap", ("1",)),
    "match forbid": Noted("match.forbid", ("1",)),
    "match allow": Noted("match.allow", ("3", "12")),
    "match close": Noted("match.close", ("2", "--reason", "other")),
    "match export": Noted(READ, TO_FILE, None),
    "match requests": Noted(READ, organisation=None),
    "match mentors": Noted(READ, organisation=None),
    "match forbidden": Noted(READ, organisation=None),
    "match wishes": Noted(READ, organisation=None),
    "match wishes --done": Noted("match.wish", ("2",)),
    "match request": Noted("match.request", ("3", "--urgency", "now")),
    "match offer": Noted("match.offer", ("16", "--capacity", "2")),
    "inbox list": Noted(READ, organisation=None),
    "inbox show": Noted(READ, ("1",)),
    "inbox reply": Noted("inbox.reply", ("1", "See you")),
    "inbox done": Noted("inbox.done", ("1",)),
    "staff add": Noted("staff.add", ("--name", "Jana", "--organisation", "cike", "--role",
        "viewer")),
    "staff remove": Noted("staff.remove", ("viewer", "--yes")),
    "staff role": Noted("staff.role", ("viewer", "--organisation", "cike", "--role", "admin")),
    "staff login": Noted("staff.login", ("viewer", "--telegram", "@viewer"), None),
    "staff code": Noted("staff.code", ("viewer",), None),
}  # fmt: skip
"""What is done -> what is noted of it."""

NOT_NOTED = {
    "run": "starts the program: whoever writes to it is in the log themselves",
    "migrate": "makes tables",
    "backup": "copies a file of the operator's",
    "restore": "puts a file of the operator's back: what was noted since is not in it",
    "check": "counts, and looks at the settings",
    "demo": "makes people up",
    "chat": "is the bot, for one person of the terminal's",
    "blueprint check": "reads a file",
    "audience list": "texts of filters",
    "audience fields": "a list of words",
    "event list": "counts",
    "event show": "counts",
    "event windows": "counts",
    "broadcast list": "counts",
    "broadcast show": "counts",
    "match figures": "counts",
    "staff list": "the staff about the staff",
    "staff show": "the staff about the staff",
    "staff log": "the log itself",
}
"""What is not -> why: nobody's data is shown and nothing of the staff's is changed."""


@pytest.fixture(scope="module")
def world(
    expats: House, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, int]:
    """One of everything in a file to be copied, and the last line of its log."""
    path = tmp_path_factory.mktemp("world") / "domov.sqlite3"
    shutil.copyfile(sqlite_template, path)
    database = Database.open(f"sqlite:///{path}")
    brunch = make(database, expats, now()).brunch.id
    with database.transaction() as tx:
        delivery(tx, GUEST, "change", event_id=brunch)
        audiences.put(tx, "kin", "cike", "everybody", None, now())
        put(tx, "inbox", person_id=1, channel="demo", account="demo", user_id="u1",
            kind=wishes.KIND, text="Oto", at=now())  # fmt: skip
        (last,) = staff_log.latest(tx, Wanted(), 1)
    database.close()
    return path, last.id


@pytest.mark.parametrize("name", NOTED)
def test_what_is_done_or_read_is_noted_once(
    on_sqlite: Run, sqlite_url: str, world: tuple[Path, int], folder: Path, name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    noted = NOTED[name]
    path, last = world
    shutil.copyfile(path, sqlite_url.removeprefix("sqlite:///"))
    (folder / "event.toml").write_text(FILE)
    (folder / "news.md").write_text(NEWS)
    (folder / "sending.md").write_text(NEWS.replace("key: news", "key: sending"))
    for setting, value in noted.environment.items():
        monkeypatch.setenv(setting, value)
    with contextlib.closing(Database.open(sqlite_url)) as database:
        if noted.first:
            with database.transaction() as tx:
                tx.run(sql(noted.first))
        result = on_sqlite(*name.split(), *noted.more)
        assert result.exit_code == 0, result.output
        with database.reading() as tx:
            lines = [line for line in staff_log.all_of(tx, Wanted()) if line.id > last]
    assert [(line.action, line.organisation) for line in lines] == [
        (noted.action, noted.organisation)
    ]
    assert lines[0].staff is None
    assert lines[0].actor.startswith("command line (")


def test_every_command_is_noted_or_has_a_reason() -> None:
    words = {name.removeprefix("domov ") for name in COMMANDS}
    noted = {name.partition(" --")[0] for name in NOTED}
    assert not noted & NOT_NOTED.keys()
    assert noted | NOT_NOTED.keys() == words
