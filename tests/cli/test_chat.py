"""``domov chat``: the bot in a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest

from bot.cli.chat import meaning, screen
from bot.cli.chat.recording import NoRecording, read
from bot.incoming import Command, Text
from bot.turn.unit import play_event
from messages import rich
from messages.message import File, Kind, Link, Message, Option, Widget
from storage.database import Database
from storage.people import count_people
from storage.statements import sql
from tests.cli.conftest import Run
from tests.cli.running import DOMOV, WAIT, domov, environment

_WAITING = sql("SELECT count(*) FROM delivery WHERE state = 'sending'")
_STATES = sql("SELECT DISTINCT state FROM delivery")
ANA = "/start\n1\n1\n1\nAna\n"


def widget(kind: Kind, *labels: str, controls: tuple[str, ...] = ()) -> Widget:
    options = tuple(Option(f"o{n}", f"=o{n}", label) for n, label in enumerate(labels, 1))
    return Widget(kind, "r", options, tuple(Option(c, f"!{c}", c.title()) for c in controls))


@pytest.mark.parametrize(
    ("kind", "line", "keys"),
    [
        (Kind.CHOICE, "2", ("o2",)),
        (Kind.CHOICE, " 1 ", ("o1",)),
        (Kind.CHOICE, "3", ()),
        (Kind.CHOICE, "0", ()),
        (Kind.CHOICE, "1 2", ()),
        (Kind.MULTI, "1 2", ("o1", "o2")),
        (Kind.MULTI, "2,1;2", ("o2", "o1", "o2")),
        (Kind.RANK, "2, 1", ("o2", "o1")),
        (Kind.RATING, "1 1", ("o1", "o1")),
        (Kind.MULTI, "1 9", ()),
        (Kind.CHOICE, "žltá", ("o1",)),
        (Kind.CHOICE, "ŽLTÁ", ("o1",)),
        (Kind.CHOICE, "Zelená", ("o2",)),
        (Kind.CHOICE, "zele", ()),
        (Kind.CHOICE, "back", ("back",)),
        (Kind.CHOICE, "1 hour", ()),
        (Kind.CHOICE, "/1", ()),
    ],
)
def test_a_line_presses_the_buttons_it_names(kind: Kind, line: str, keys: tuple[str, ...]) -> None:
    shown = widget(kind, "Žltá", "✓ Zelená", controls=("back",))
    assert meaning.buttons(line, shown) == keys


def test_a_number_typed_to_an_open_question_stays_one() -> None:
    """Controls have no numbers: "how many?" – "2" must not mean skip."""
    assert meaning.buttons("2", widget(Kind.TEXT, controls=("skip", "back"))) == ()
    assert meaning.buttons("2", None) == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hi", Text("hi")),
        ("/start poster one", Command("start", "poster one")),
        ("/HELP", Command("help", "")),
        ("/", Text("/")),
        ("/ no", Text("/ no")),
        ("either/or", Text("either/or")),
    ],
)
def test_words_and_commands(line: str, said: object) -> None:
    assert meaning.words(line) == said


def test_marks_of_every_kind_are_shown() -> None:
    levels = (Option("liked", "", "👍 Liked"),)
    marked = (Option("a", "", "Talk", "on"), Option("b", "", "Walk"))
    ranked = (Option("a", "", "Talk", "1"), Option("b", "", "Walk"))
    rated = (Option("a", "", "Talk", "liked"), Option("b", "", "Walk"))
    done = (Option("done", "!done", "Done"),)

    def shown(kind: Kind, options: tuple[Option, ...]) -> str:
        return screen.show(Message((), widget=Widget(kind, "r", options, done, levels)))

    assert shown(Kind.MULTI, marked) == "  1 [x] Talk\n  2 [ ] Walk\n    [Done]"
    assert shown(Kind.RANK, ranked) == "  1 [1] Talk\n  2 [ ] Walk\n    [Done]"
    assert shown(Kind.RATING, rated) == "  1 Talk: 👍 Liked\n  2 Walk\n    [Done]"
    assert shown(Kind.CHOICE, marked) == "  1 Talk\n  2 Walk\n    [Done]"


def test_nothing_shown_can_play_tricks_on_the_terminal() -> None:
    bad = "a\x1b[2J\x07\u202eb\nc"
    message = Message(
        rich.paragraph(bad),
        widget=Widget(Kind.CHOICE, "r", (Option("a", "", bad),)),
        links=(Link(bad, "https://example.org"),),
        file=File(bad, "text/plain", bad),
    )
    text = screen.show(message)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert "  1 a[2Jb c" in text


def test_long_lines_are_folded_with_their_indentation() -> None:
    text = "• " + "word " * 30
    lines = screen.wrapped(text, 40).split("\n")
    assert max(map(len, lines)) <= 40
    assert all(line.startswith("  ") for line in lines[1:])


def test_a_piped_conversation_ends_well_and_keeps_nothing(run: Run, folder: Path) -> None:
    result = run("chat", "--language", "sk", typed="ahoj\n\n1\náno\n")
    assert result.exit_code == 0
    assert result.stdout.count("> ") == 3
    assert "  1 Začnime" in result.stdout
    assert "aspoň 16 rokov" in result.stdout
    assert "  1 Žijem mimo svojho regiónu" in result.stdout
    assert "Nothing of this is kept" in result.stderr
    assert result.stderr.endswith("Goodbye.\n")
    assert list(folder.iterdir()) == []


def test_nothing_said_is_a_conversation_too(run: Run) -> None:
    assert run("chat").exit_code == 0


def test_bytes_that_are_no_text_do_not_end_the_talk(run: Run) -> None:
    result = run("chat", "--language", "en", typed=b"\xff\xfe\x00hi\n/help\n")
    assert result.exit_code == 0
    assert result.stdout.count("> ") == 2


def test_the_language_is_the_terminals_unless_told(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "sl_SI.UTF-8")
    assert "Začnimo" in run("chat", typed="hi\n").stdout
    assert "Začnime" in run("chat", "--language", "sk", typed="hi\n").stdout


def test_kept_conversations_go_on_where_they_were(on_database: Run, database: Database) -> None:
    first = on_database("chat", "--language", "en", "--keep", typed=ANA)
    assert "is kept" in first.stderr
    again = on_database("chat", "--language", "en", "--keep", typed="/start\n")
    assert "Which region do you come from?" in again.stdout
    other = on_database("chat", "--language", "en", "--keep", "--user", "eva", typed="hi\n")
    assert "Košice region" in other.stdout
    assert "Which region" not in other.stdout
    with database.reading() as tx:
        assert sum(count_people(tx).values()) == 1  # Eva has not consented
        assert tx.run(_WAITING).fetchone() == (0,)


def test_replies_are_recorded_as_sent_with_their_turn(on_database: Run, database: Database) -> None:
    """Otherwise a running `domov run` would adopt them."""
    on_database("chat", "--language", "en", "--keep", typed=ANA)
    with database.reading() as tx:
        assert tx.run(_STATES).fetchall() == [("sent",)]


def test_recorded_lines_give_the_same_file_each_time(run: Run, folder: Path) -> None:
    for name in ("one.json", "two.json"):
        result = run("chat", "--language", "en", "--record", name, typed=ANA)
        assert f"5 steps in {name}" in result.stderr
    assert (folder / "one.json").read_bytes() == (folder / "two.json").read_bytes()
    case = read(folder / "one.json")
    assert [step.get("typed") for step in case["steps"]][:1] == ["/start"]
    assert case["steps"][1]["pressed"] == ["start"]
    assert case["steps"][2]["pressed"] == ["agree"]
    last = case["steps"][-1]
    assert last["conversations"][0]["answers"] == {"name": "Ana"}
    assert "Which region do you come from?" in last["shown"][0][0]


def test_link_codes_are_masked_in_recordings(run: Run, folder: Path) -> None:
    result = run("chat", "--language", "en", "--record", "a.json", typed="hi\n/link\n")
    code = re.search(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", result.stdout)
    assert code, result.stdout
    text = (folder / "a.json").read_text()
    assert code[0] not in text
    assert "XXXX-XXXX" in text


def test_record_and_keep_do_not_go_together(run: Run) -> None:
    result = run("chat", "--record", "a.json", "--keep")
    assert result.exit_code == 2
    assert "leave --keep out" in result.stderr


def test_record_into_a_missing_folder_is_told_before_the_talk(run: Run, folder: Path) -> None:
    result = run("chat", "--record", "no/a.json", typed="hi\n")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"the folder {folder / 'no'} does not exist" in result.stderr


@pytest.mark.parametrize("text", ["", "[]", '{"format": 99}', "{"])
def test_what_is_no_recording_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(NoRecording, match=r"bad\.json"):
        read(path)


def test_a_failing_turn_is_told_and_the_talk_goes_on(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:

    def broken(tx: object, house: object, incoming: object, now: object) -> object:
        if getattr(incoming, "said", None) == Text("break"):
            raise RuntimeError("a broken flow")
        return play_event(tx, house, incoming, now)  # type: ignore[arg-type]

    monkeypatch.setattr("bot.cli.chat.session.play_event", broken)
    result = run("chat", "--language", "en", typed="hi\nbreak\n1\n")
    assert result.exit_code == 0
    assert "The bot failed at this; nothing of it was stored." in result.stdout
    assert "RuntimeError: a broken flow" in result.stderr
    assert "16 or older" in result.stdout


def test_a_process_reads_a_pipe_to_its_end(tmp_path: Path) -> None:
    ended = domov("chat", "--language", "sl", folder=tmp_path, typed="/start\n1\n")
    assert ended.code == 0
    assert "Goodbye." in ended.err
    assert "> /start" in ended.out


def test_ctrl_c_ends_kindly_and_writes_the_recording(tmp_path: Path) -> None:
    path = tmp_path / "talk.json"
    with subprocess.Popen(
        [*DOMOV, "chat", "--language", "en", "--record", str(path)],
        cwd=tmp_path, env={**environment(), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stdout
        process.stdin.write(b"/start\n")
        process.stdin.flush()
        while b"What happens to my data?" not in (line := process.stdout.readline()):
            assert line, "it ended"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=WAIT)
        assert process.returncode == 0
    assert b"Traceback" not in err
    assert b"Goodbye." in err
    assert len(json.loads(path.read_bytes())["steps"]) == 1


def test_at_a_terminal_the_bot_begins_and_ctrl_d_ends(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*DOMOV, "chat", "--language", "en"],
        cwd=tmp_path, env=environment(TERM="dumb"), stdin=theirs, stdout=theirs, stderr=theirs,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    try:
        _until(ours, rb"my data\?.*> ")
        os.write(ours, b"1\n")
        shown = _until(ours, rb"\[Back\].*> ")
        assert b"16" in shown
        os.write(ours, b"\x04")
        _until(ours, rb"Goodbye\.")
        assert process.wait(WAIT) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _until(terminal: int, pattern: bytes) -> bytes:
    """Everything shown until it matches."""
    seen, end = b"", time.monotonic() + WAIT
    while not re.search(pattern, seen, re.DOTALL):
        ready, _, _ = select.select([terminal], [], [], end - time.monotonic())
        assert ready, seen
        seen += os.read(terminal, 4096)
    return seen
