"""What the browser shows is bounded and can be caught up with."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.channels.preview.transcript import Item, Transcripts

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def add(log: Transcripts, user: str, html: str, event: str = "") -> Item:
    return log.add(user, "bot", html, language="en", at=NOW, event=event)


def test_since_gives_changes_in_order() -> None:
    log = Transcripts()
    first, second = add(log, "jana", "1"), add(log, "matej", "2")
    seen = second.seq
    add(log, "jana", "3")
    log.changed(first)
    assert [item.html for item in log.since(["jana", "matej"], seen)] == ["3", "1"]
    assert [item.html for item in log.since(["matej"], 0)] == ["2"]
    assert log.since(["jana", "matej"], first.seq) == []


def test_transcript_forgets_the_oldest_bubbles() -> None:
    log = Transcripts(items=2)
    for n in range(5):
        add(log, "jana", str(n))
    assert [item.html for item in log.since(["jana"], 0)] == ["3", "4"]


def test_transcripts_forget_those_longest_silent() -> None:
    log = Transcripts(people=2)
    for user in ("jana", "matej", "jana", "eva"):
        add(log, user, user)
    assert [item.user for item in log.since(["jana", "matej", "eva"], 0)] == ["jana", "jana", "eva"]


def test_find_keeps_people_apart_and_runs_apart() -> None:
    log, next_run = Transcripts(), Transcripts()
    item = add(log, "jana", "1")
    add(next_run, "jana", "other")
    assert log.find("jana", item.id) is item
    assert log.find("matej", item.id) is None
    assert next_run.find("jana", item.id) is None


def test_file_needs_its_token() -> None:
    log = Transcripts()
    add(log, "jana", "no file")
    assert log.file("") is None
    assert log.file("guess") is None
