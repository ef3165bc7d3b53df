"""``domov broadcast`` as staff use it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outreach.broadcasts import life
from outreach.broadcasts.file import Written
from storage import broadcasts, outbox, staff_log
from storage.broadcasts import BroadcastRow
from storage.database import Database, sql
from storage.living import save_answers
from storage.outbox import Settled
from tests.cli.conftest import Run
from tests.outreach.broadcasts.writing import (
    ADMIN,
    QUESTION,
    blueprint,
    claims,
    draft,
    sends,
    ticks,
)
from tests.outreach.sending import person

AT = datetime.now(UTC)
# Where it is noon now, so that nothing waits for the morning.
AWAKE = sql(f"UPDATE person SET timezone = 'Etc/GMT{AT.hour - 12:+}'")
NEWS = """\
---
key: news
title: News
organisation: cike
question:
  text: {en: "Shall we meet?", sk: "Stretneme sa?"}
  options:
    - {key: yes, label: {en: "Yes", sk: "Áno"}}
    - {key: no, label: {en: "No", sk: "Nie"}}
buttons:
  - {label: {en: More, sk: Viac}, url: "https://example.org/news"}
---
# en
Dear **{{ name|default("friend") }}**

# sk
Ahoj
"""


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A bot that sends through Telegram."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:abc")


@pytest.fixture
def news(folder: Path) -> str:
    (folder / "news.md").write_text(NEWS, encoding="utf-8")
    return "news.md"


@pytest.fixture
def people(database: Database) -> Database:
    """Three who want messages, one who does not."""
    with database.transaction() as tx:
        for language in ("sk", "en", "sl"):
            person(tx, language=language)
        person(tx, consents=("register",))
    return database


def found(database: Database) -> BroadcastRow:
    with database.reading() as tx:
        row = broadcasts.by_key(tx, "news")
    assert row is not None
    return row


def test_a_broadcast_is_created_counted_and_sent(
    on_database: Run, people: Database, news: str
) -> None:
    created = on_database("broadcast", "create", news, "--audience", "")
    assert created.exit_code == 0
    assert "Draft news of cike, in en, sk." in created.stdout
    assert "not: no consent to invitations" in created.stdout
    counted = json.loads(on_database("broadcast", "review", "news", "--format", "json").stdout)
    assert (counted["matched"], counted["reachable"]) == (4, 3)
    sent = on_database("broadcast", "send", "news", typed="3\n")
    assert "send news to 3 people" in sent.stderr
    assert "goes out to 3 people" in sent.stdout
    assert found(people).status == "scheduled"
    with people.reading() as tx:
        (line,) = staff_log.latest(tx, staff_log.Wanted(action="broadcast.send"), 5)
    assert (line.people, line.subject, line.organisation) == (3, "broadcast:news", "cike")
    assert line.actor.startswith("command line (")


@pytest.mark.parametrize("typed", ["", "4\n", "yes\n"])
def test_nothing_is_sent_without_the_number(
    on_database: Run, people: Database, news: str, typed: str
) -> None:
    on_database("broadcast", "create", news, "--audience", "")
    refused = on_database("broadcast", "send", "news", typed=typed)
    assert refused.exit_code == 2
    assert "nothing was done" in refused.stderr
    assert found(people).status == "draft"


def test_yes_goes_on_without_asking(on_database: Run, people: Database, news: str) -> None:
    on_database("broadcast", "create", news, "--audience", "")
    sent = on_database("broadcast", "send", "news", "--yes")
    assert (sent.exit_code, found(people).status) == (0, "scheduled")


def test_a_bad_file_is_refused_with_its_lines(on_sqlite: Run, folder: Path) -> None:
    (folder / "bad.md").write_text("---\nkey: a\n---\n# en\n{{ nme }}\n", encoding="utf-8")
    refused = on_sqlite("broadcast", "create", "bad.md", "--audience", "")
    assert refused.exit_code == 1
    assert refused.stderr == (
        "domov: bad.md: 1 thing(s) to mend\n  line 5: there is no {{ nme }}; did you mean name?"
        " There are name, city, country, organisation, programme\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("create", "news.md"), "--audience: whom is it for?"),
        (("create", "news.md", "--audience", "planet:mars"), "planet"),
        (("create", "news.md", "--audience", "", "--organisation", "x"), "there is no 'x'"),
        (("create", "nothing.md", "--audience", ""), "cannot be read"),
        (("send", "nothing"), "there is no broadcast 'nothing'"),
        (("schedule", "news"), "say when"),
        (("schedule", "news", "--at", "2026-12-01"), "--at: '2026-12-01' isn't a moment"),
        (("schedule", "news", "--at", "x", "--local", "10:00"), "either --at"),
        (("schedule", "news", "--local", "25:00"), "isn't an hour"),
        (("schedule", "news", "--local", "10:00", "--on", "x"), "isn't a day"),
        (("schedule", "news", "--local", "10:00", "--timezone", "UTC"), "goes with --at"),
        (("schedule", "news", "--at", "2999-12-01T10:00", "--on", "x"), "goes with --local"),
        (("schedule", "news", "--at", "2999-12-01T10:00", "--timezone", "X/Y"), "there is no"),
        (("schedule", "news", "--at", "2001-12-01T10:00", "--yes"), "is past"),
        (("resume", "news"), "not paused"),
        (("withdraw", "news", "--yes"), "sent to nobody yet"),
        (("correct", "news", "news.md", "--yes"), "create it again"),
        (("test", "news", "--person", "99"), "there is no person 99"),
        (("export", "news", "--format", "csv", "--output", "no/such.csv"), "does not exist"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(
    on_sqlite: Run, sqlite_url: str, news: str, arguments: tuple[str, ...], said: str
) -> None:
    if arguments[0] != "create":
        on_sqlite("broadcast", "create", news, "--audience", "")
    refused = on_sqlite("broadcast", *arguments)
    assert refused.exit_code in (1, 2)
    assert said in refused.stderr


def test_a_draft_is_replaced_when_asked(on_sqlite: Run, news: str) -> None:
    on_sqlite("broadcast", "create", news, "--audience", "")
    assert "--replace" in on_sqlite("broadcast", "create", news, "--audience", "").stderr
    again = on_sqlite("broadcast", "create", news, "--audience", "country:DE", "--replace")
    assert again.exit_code == 0


def test_preview_shows_every_platform_and_language(on_sqlite: Run, news: str) -> None:
    """A file need not be kept for it."""
    shown = on_sqlite("broadcast", "preview", news).stdout
    for head in ("Telegram · English", "Slack · slovenčina", "Chat page · slovenščina"):
        assert f"── {head} ─" in shown
    assert shown.count("Dear Jana Nováková") == 6  # Slovenian readers get the English text
    assert "Jezik tega sporočila: angleščina" in shown
    assert "[Áno] [Nie]\n[Viac: https://example.org/news]" in shown
    bare = on_sqlite(
        "broadcast", "preview", news, "--bare", "--language", "en", "--platform", "slack"
    )
    assert "Dear friend" in bare.stdout
    assert "Telegram" not in bare.stdout


def test_preview_in_raw_is_what_the_platform_gets(on_sqlite: Run, news: str) -> None:
    def raw(platform: str) -> object:
        return json.loads(
            on_sqlite(
                "broadcast", "preview", news, "--raw", "--language", "en", "--platform", platform
            ).stdout
        )

    telegram = raw("telegram")
    assert isinstance(telegram, dict)
    (text,) = telegram["texts"]
    assert text.startswith(
        "Dear <b>Jana Nováková</b>\n\n<b>Shall we meet?</b>\n\n<i>CIKE is writing"
    )
    rows = telegram["reply_markup"]["inline_keyboard"]
    assert [row[0]["text"] for row in rows] == ["Yes", "More", "No more messages like this"]
    slack = raw("slack")
    assert isinstance(slack, list)
    assert [part["blocks"][0]["type"] for part in slack] == ["rich_text"]
    web = raw("web")
    assert isinstance(web, dict)
    assert web["html"].startswith("<p>Dear <b>Jana Nováková</b></p><p><b>Shall we meet?</b></p>")
    assert web["html"].endswith("<p>Co-funded by the European Union</p>")


def test_preview_as_a_person_is_noted(on_database: Run, database: Database, news: str) -> None:
    with database.transaction() as tx:
        number = person(tx, name="Eva", language="sk")
    shown = on_database("broadcast", "preview", news, "--person", str(number), "--language", "en")
    assert "Dear Eva" in shown.stdout
    with database.reading() as tx:
        (line,) = staff_log.latest(tx, staff_log.Wanted(action="people.read"), 5)
    assert line.people == 1


def test_a_test_goes_to_one_person_who_wants_messages(
    on_database: Run, people: Database, news: str
) -> None:
    on_database("broadcast", "create", news, "--audience", "")
    assert (
        "Goes to person 1 on telegram"
        in on_database("broadcast", "test", "news", "--person", "1").stdout
    )
    refused = on_database("broadcast", "test", "news", "--person", "4")
    assert "hasn't agreed to invitations" in refused.stderr
    (claimed,) = sends(people, found(people).created_at + timedelta(minutes=1))
    assert (claimed.kind, claimed.variant, claimed.payload is not None) == ("test", "", True)


@pytest.fixture
def sent(on_database: Run, people: Database) -> Run:
    """Two arrived, one failed; one of the two answered. It is not long ago."""
    with people.transaction() as tx:
        tx.run(AWAKE)
    draft(people, AT, question=QUESTION, expires_at=AT + timedelta(days=30))
    with people.transaction() as tx:
        life.send(tx, ADMIN, "news", 3, AT, blueprint())
    ticks(people, AT)
    taken = claims(people, AT)
    with people.transaction() as tx:
        results = [
            Settled(taken[0].delivery, "sent", None, "m1"),
            Settled(taken[1].delivery, "sent", None, "m2"),
            Settled(taken[2].delivery, "failed", "blocked"),
        ]
        outbox.settle(tx, results, AT)
        save_answers(tx, 1, "broadcast", "news", {"q": "yes"}, AT)
    return on_database


def test_show_tells_how_far_it_is(sent: Run) -> None:
    shown = sent("broadcast", "show", "news").stdout
    for line in ("planned                            3", "sent                               2",
                 "1 failed: blocked", "answered 'Yes': 1", "answered 'No': 0"):  # fmt: skip
        assert line in shown
    told = json.loads(sent("broadcast", "show", "news", "--format", "json").stdout)
    assert (told["planned"], told["states"]["sent"], told["states"]["failed"]) == (3, 2, 1)
    assert told["reasons"] == [{"state": "failed", "reason": "blocked", "count": 1}]
    assert told["answers"] == {"yes": 1, "no": 0}


def test_show_watches_until_it_is_done(sent: Run, people: Database) -> None:
    ticks(people, AT + timedelta(minutes=1))
    shown = sent("broadcast", "show", "news", "--watch").stdout
    assert "news (News), cike: done" in shown


def test_the_ledger_is_exported_a_row_a_recipient(sent: Run, people: Database) -> None:
    out = sent("broadcast", "export", "news", "--format", "csv", "--output", "-").stdout
    rows = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"))))
    assert [
        (r["person_id"], r["language"], r["state"], r["reason"], r["message_id"], r["answer"])
        for r in rows
    ] == [
        ("1", "sk", "sent", "", "m1", "yes"),
        ("2", "en", "sent", "", "m2", ""),
        ("3", "sl", "failed", "blocked", "", ""),
    ]
    assert rows[0]["sent_at"]
    with people.reading() as tx:
        (line,) = staff_log.latest(tx, staff_log.Wanted(action="people.read"), 5)
    assert (line.people, line.detail["what"]) == (3, "broadcast export")


@pytest.mark.parametrize("format_", ["json", "xlsx"])
def test_the_ledger_is_exported_to_files(sent: Run, folder: Path, format_: str) -> None:
    done = sent("broadcast", "export", "news", "--format", format_, "--output", f"l.{format_}")
    assert "3 recipients" in done.stderr
    content = (folder / f"l.{format_}").read_bytes()
    if format_ == "json":
        assert [row["state"] for row in json.loads(content)] == ["sent", "sent", "failed"]
    else:
        assert content.startswith(b"PK")


def test_correcting_withdrawing_and_cancelling_ask_for_the_number(
    sent: Run, people: Database, news: str
) -> None:
    refused = sent("broadcast", "correct", "news", news, typed="3\n")
    assert (refused.exit_code, found(people).revision) == (2, 0)
    corrected = sent("broadcast", "correct", "news", news, typed="2\n")
    assert "edit 2 messages" in corrected.stderr
    assert found(people).revision == 1
    assert sent("broadcast", "cancel", "news", typed="x\n").exit_code == 2
    assert found(people).status == "sending"
    withdrawn = sent("broadcast", "withdraw", "news", "--yes")
    assert "2 messages are deleted" in withdrawn.stdout
    assert found(people).status == "cancelled"


def test_a_correction_must_be_of_this_broadcast(sent: Run, folder: Path) -> None:
    (folder / "other.md").write_text(NEWS.replace("key: news", "key: other"), encoding="utf-8")
    refused = sent("broadcast", "correct", "news", "other.md", "--yes")
    assert "is the broadcast 'other', not 'news'" in refused.stderr


def test_pause_and_resume(sent: Run, people: Database) -> None:
    assert "paused" in sent("broadcast", "pause", "news").stdout
    assert found(people).status == "paused"
    assert "goes on" in sent("broadcast", "resume", "news").stdout
    assert found(people).status == "sending"


def test_list_shows_the_newest_first(sent: Run, folder: Path) -> None:
    (folder / "other.md").write_text(NEWS.replace("key: news", "key: other"), encoding="utf-8")
    sent("broadcast", "create", "other.md", "--audience", "")
    listed = json.loads(sent("broadcast", "list", "--format", "json").stdout)
    assert [(row["key"], row["status"], row["sent"]) for row in listed] == [
        ("other", "draft", 0),
        ("news", "sending", 2),
    ]
    none = sent("broadcast", "list", "--organisation", "bsc_kranj", "--format", "json").stdout
    assert json.loads(none) == []


def test_scheduling_at_a_local_hour(on_database: Run, people: Database, news: str) -> None:
    on_database("broadcast", "create", news, "--audience", "")
    done = on_database(
        "broadcast", "schedule", "news", "--local", "9:30", "--on", "2999-12-01", "--yes"
    )
    assert "on 2999-12-01 at 09:30 of each reader's own time" in done.stdout
    assert (found(people).status, found(people).local_time) == ("scheduled", "09:30")


def test_scheduling_at_a_moment_of_the_organisations_zone(
    on_database: Run, people: Database, news: str
) -> None:
    on_database("broadcast", "create", news, "--audience", "")
    done = on_database("broadcast", "schedule", "news", "--at", "2999-12-01T10:00", "--yes")
    assert "at 2999-12-01 10:00 (Europe/Bratislava)" in done.stdout
    due = found(people).due_at
    assert due is not None
    assert due.isoformat() == "2999-12-01T09:00:00+00:00"


def test_what_a_file_leaves_out_is_none() -> None:
    assert Written("a", "", {"en": "x"}).audience is None
