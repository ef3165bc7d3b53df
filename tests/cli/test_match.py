"""``domov match``: lists, rounds and what staff decide, on both kinds of database."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli.match_card import PAST
from bot.now import now
from outreach.mentoring import course
from outreach.mentoring.buttons import CHECKS
from storage import living, staff_log
from storage.database import Database, sql
from storage.mentoring import blocks, matches, offers, requests
from tests.cli.conftest import Run
from tests.cli.running import ROOT
from tests.storage.mentoring_data import few, share
from tests.storage.xlsx_reader import read_xlsx


@pytest.fixture
def filled(database_url: str) -> Iterator[Database]:
    """As few() tells, in the database that the commands use."""
    database = Database.open(database_url)
    with database.transaction() as tx:
        few(tx)
    yield database
    database.close()


@pytest.fixture
def match(on_database: Run, filled: Database) -> Run:
    """``match("list")`` is ``domov match list`` there."""

    def run(*arguments: str, **how: Any) -> Any:
        return on_database("match", *arguments, **how)

    return run


def read(match: Run, *arguments: str) -> list[dict[str, Any]]:
    done = match(*arguments, "--format", "json")
    assert done.exit_code == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def state(database: Database, number: int) -> str:
    with database.reading() as tx:
        return matches.by_ids(tx, [number])[number].state


def logged(database: Database) -> tuple[str, str | None, str | None]:
    with database.reading() as tx:
        (line,) = staff_log.latest(tx, staff_log.Wanted(), 1)
    return line.action, line.organisation, line.subject


def test_list_shows_matches_the_newest_first(match: Run) -> None:
    assert [each["state"] for each in read(match, "list")] == ["introduced", "met", "proposed"]
    table = match("list").stdout
    assert re.search(r"1 +proposed +=Adam \(1\) +Mária \(11\) +7,000", table)
    assert [each["id"] for each in read(match, "list", "--state", "met")] == [2]
    assert [each["id"] for each in read(match, "list", "--state", "live")] == [3, 2, 1]
    assert match("list", "--state", "ended").stdout.endswith("There is none.\n")
    few_of_them = match("list", "--limit", "2")
    assert "There may be more than these 2" in few_of_them.stderr
    comma = match("list", "--format", "csv", "--limit", "0").stdout
    assert [row["mentee"] for row in csv.DictReader(io.StringIO(comma))][-1] == "'=Adam"


def test_list_quiet_names_who_is_silent(match: Run, filled: Database) -> None:
    with filled.transaction() as tx:
        matches.update(tx, 2, {"mentee_seen_at": now()})
        matches.update(tx, 3, {"introduced_at": now() - timedelta(days=1)})
    (row,) = read(match, "list", "--quiet")
    assert (row["mentee"], row["silent"]) == ("Beáta", ["mentor"])
    assert match("list", "--quiet", "--state", "met").exit_code == 2


def test_an_organisation_s_list_names_its_own_people(match: Run, filled: Database) -> None:
    (row,) = read(match, "list", "--organisation", "bsc_kranj")
    assert (row["mentee"], row["mentor"], row["mentor_id"]) == ("Drago", None, None)
    table = match("list", "--organisation", "bsc_kranj").stdout
    assert re.search(r"Drago \(4\) +a mentor of cike", table)
    with filled.transaction() as tx:
        share(tx, 13)
    (row,) = read(match, "list", "--organisation", "bsc_kranj")
    assert (row["mentor"], row["mentor_id"]) == ("Oto", 13)


def test_requests_and_mentors_are_listed(match: Run, filled: Database) -> None:
    found = read(match, "requests")
    assert [(each["name"], each["state"]) for each in found] == [
        ("=Adam", "proposed"), ("Cyril", None),
    ]  # fmt: skip
    assert found[0]["days"] >= 50
    assert match("requests", "--organisation", "bsc_kranj").stdout.endswith(
        "Nobody is waiting for a mentor.\n"
    )
    with filled.transaction() as tx:
        offers.update(tx, 14, {"break_until": (now() + timedelta(days=9)).date()})
    mentors = {each["person_id"]: each for each in read(match, "mentors")}
    assert {who: each["standing"] for who, each in mentors.items()} == {
        11: "free", 12: "full", 13: "full", 14: "break",
    }  # fmt: skip
    assert [each["person_id"] for each in read(match, "mentors", "--free")] == [11]
    assert "Mária (11)" in match("mentors").stdout
    assert len(read(match, "mentors", "--limit", "3")) == 3


def test_figures_count_real_meetings(match: Run) -> None:
    (found,) = read(match, "figures")
    assert (found["requests"], found["pairs"], found["met"], found["meetings"]) == (2, 2, 1, 1)
    assert found["waits"] > 30
    shown = match("figures", "--organisation", "bsc_kranj").stdout
    assert re.search(r"^Real meetings +0$", shown, re.MULTILINE)
    assert re.search(r"^Median wait, days +—$", shown, re.MULTILINE)


def test_show_tells_all_about_a_match(match: Run, filled: Database) -> None:
    shown = match("show", "1").stdout
    for line in (
        r"Match +1, proposed, score 7,000", r"Mentee +=Adam \(1\), cike",
        r"What for +=1\+1", r"Why +The mentor offers what they're looking for: Teamwork\.",
        r"Next best +Oto \(13\), score 6,000", r"Happened +\S+ \S+ +proposed \(clock\)",
    ):  # fmt: skip
        assert re.search(f"^{line}", shown, re.MULTILINE), shown
    (whole,) = read(match, "show", "1")
    assert whole["alternatives"][0] == {"mentor_id": 13, "mentor": "Oto", "score": 6000}
    assert whole["history"][0]["what"] == "proposed"
    assert "Met         1. " in match("show", "2").stdout
    assert logged(filled)[:2] == ("people.read", "cike")
    none = match("show", "99")
    assert (none.exit_code, none.stderr) == (1, "domov: there is no pair number 99\n")


def test_everything_that_can_happen_has_words() -> None:
    """What the code notes in a match's history, and what ``show`` says of it."""
    noted = re.compile(r"(?:matches\.log|_note|_word|_agree)\([^()]*?\"(\w+)\"", re.DOTALL)
    code = [path.read_text() for path in (ROOT / "outreach" / "mentoring").glob("*.py")]
    found = {key for text in code for key in noted.findall(text)}
    found |= {what for _, what, _ in course.STEPS} | {f"check_{which}" for which in CHECKS}
    assert {"suggested", "again", "proposed"} <= found
    assert found <= set(PAST)


def test_export_writes_a_row_a_match(match: Run, filled: Database, folder: Path) -> None:
    done = match("export", "--format", "csv")
    assert done.exit_code == 0, done.stderr
    assert "3 matches in standard output" in done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout.lstrip("\ufeff"))))
    assert (rows[0]["mentee"], rows[0]["goal"]) == ("'=Adam", "'=1+1")
    assert "clock proposed" in rows[0]["history"]
    book = folder / "matches.xlsx"
    done = match("export", "--format", "xlsx", "--output", str(book), "--state", "live")
    assert done.exit_code == 0, done.stderr
    assert len(read_xlsx(book)["matches"]) == 4
    assert logged(filled)[0] == "people.read"
    assert match("export", "--format", "csv", "--output", "no/such/file.csv").exit_code == 2


def test_approve_asks_the_mentors(match: Run, filled: Database) -> None:
    done = match("approve", "1")
    assert (done.exit_code, done.stdout) == (0, "1 mentor is being asked.\n"), done.stderr
    assert state(filled, 1) == "asked_mentor"
    assert logged(filled) == ("match.approve", "cike", "match:1")
    shown = match("show", "1").stdout
    assert re.search(r"^Planned +\S+ \S+ +remind mentor$", shown, re.MULTILINE)
    assert re.search(r"^Happened +.*approved, the mentor asked \(staff\)$", shown, re.MULTILINE)
    again = match("approve", "1")
    assert (again.exit_code, again.stderr) == (1, "domov: pair 1 is no longer a proposal\n")


def test_approve_all_wants_the_number(match: Run, filled: Database) -> None:
    refused = match("approve", "--all", typed="2\n")
    assert refused.exit_code == 2
    assert "This will ask 1 mentor." in refused.output
    assert state(filled, 1) == "proposed"
    other = match("approve", "--all", "--organisation", "bsc_kranj")
    assert other.stdout == "No proposal is waiting.\n"
    done = match("approve", "--all", typed="1\n")
    assert (done.exit_code, done.stdout) == (0, "1 mentor is being asked.\n"), done.stderr


def test_swap_takes_the_next_best_or_who_is_named(match: Run, filled: Database) -> None:
    with filled.transaction() as tx:
        offers.update(tx, 13, {"capacity": 2})
        offers.update(tx, 12, {"capacity": 2})
    done = match("swap", "1")
    assert done.exit_code == 0, done.stderr
    assert "Instead of match 1 now match 4 (proposed): =Adam (1) – Oto (13)" in done.stdout
    assert state(filled, 1) == "dropped"
    named = match("swap", "4", "--mentor", "12")
    assert "=Adam (1) – Nina (12)" in named.stdout, named.stderr
    nobody = match("swap", "5", "--mentor", "nobody@example.org")
    assert (nobody.exit_code, "there is nobody" in nobody.stderr) == (2, True)


def test_forbid_keeps_two_apart(match: Run, filled: Database) -> None:
    with filled.transaction() as tx:
        offers.update(tx, 13, {"capacity": 2})
    done = match("forbid", "1")
    assert done.exit_code == 0, done.stderr
    assert "Next best: match 4 (proposed): =Adam (1) – Oto (13)" in done.stdout
    pair = match("forbid", "3", "12")
    assert (pair.exit_code, pair.stdout) == (
        0, "These two won't be matched again.\n",
    )  # fmt: skip
    with filled.reading() as tx:
        assert blocks.between(tx, 1, 11)
        assert blocks.between(tx, 3, 12)
        assert not blocks.between(tx, 3, 11)
    assert match("forbid", "jana@example.org").exit_code == 2


def test_what_staff_forbade_is_listed_and_taken_back(match: Run, filled: Database) -> None:
    match("forbid", "3", "12")
    with filled.transaction() as tx:
        blocks.put(tx, 4, 13, "person", now())
    rows = read(match, "forbidden")
    assert [(each["who"], each["other"], each["by"]) for each in rows] == [
        ("Drago (4)", "Oto (13)", "person"), ("Cyril (3)", "Nina (12)", "staff"),
    ]  # fmt: skip
    own = read(match, "forbidden", "--organisation", "bsc_kranj")
    assert [(each["who"], each["other"]) for each in own] == [("Drago (4)", "a person of cike")]
    done = match("allow", "3", "12")
    assert done.exit_code == 0, done.stderr
    assert logged(filled) == ("match.allow", "cike", "person:3")
    theirs = match("allow", "4", "13")
    assert (theirs.exit_code, "staff forbade nothing" in theirs.stderr) == (1, True)
    assert len(read(match, "forbidden")) == 1


def test_names_that_people_wrote_wait_for_staff(match: Run, filled: Database) -> None:
    with filled.transaction() as tx:
        for person, text in ((1, "=Nina from the bakery"), (4, "My uncle")):
            living.keep_for_staff(
                tx, person, channel="telegram", account="a", user="u", kind="do_not_match",
                text=text, now=now(),
            )  # fmt: skip
        living.keep_for_staff(
            tx, 1, channel="telegram", account="a", user="u", kind="text", text="Hello?", now=now()
        )
    found = read(match, "wishes")
    assert [(each["who"], each["text"]) for each in found] == [
        ("=Adam (1)", "=Nina from the bakery"), ("Drago (4)", "My uncle"),
    ]  # fmt: skip
    assert len(read(match, "wishes", "--organisation", "bsc_kranj")) == 1
    done = match("wishes", "--done", "1")
    assert done.exit_code == 0, done.stderr
    assert logged(filled) == ("match.wish", "cike", "person:1")
    assert [each["id"] for each in read(match, "wishes")] == [2]
    again = match("wishes", "--done", "3")
    assert (again.exit_code, "no wish 3 waits" in again.stderr) == (2, True)


def test_close_ends_a_pair_with_a_reason(match: Run, filled: Database) -> None:
    assert match("close", "2", "--reason", "boring").exit_code == 2
    done = match("close", "2", "--reason", "silent", "--reopen")
    assert (done.exit_code, done.stdout) == (0, "Match 2 is ended.\n"), done.stderr
    with filled.reading() as tx:
        row = matches.by_ids(tx, [2])[2]
        request = requests.one(tx, row.request_id)
    assert (row.ended_by, row.reason) == ("staff", "silent")
    assert request is not None
    assert request.status == "open"
    again = match("close", "2", "--reason", "silent")
    assert (again.exit_code, again.stderr) == (1, "domov: pair 2 has ended already\n")


def test_a_round_is_shown_and_kept(match: Run, filled: Database) -> None:
    (dry,) = read(match, "round", "--dry-run")
    assert [(each["mentee"], each["mentor"]) for each in dry["proposals"]] == [("Cyril", "Mária")]
    assert dry["score"] == dry["bound"] > 0
    assert len(read(match, "list")) == 3
    done = match("round")
    assert done.exit_code == 0, done.stderr
    assert re.search(r"Cyril \(3\) +Mária \(11\)", done.stdout)
    assert "no round of these people could be better" in done.stdout
    assert "1 proposal waits: domov match list --state proposed" in done.stderr
    assert [each["mentee"] for each in read(match, "list", "--state", "proposed")] == [
        "Cyril", "=Adam",
    ]  # fmt: skip
    assert "0 requests" in match("round", "--dry-run").stdout


def test_a_round_says_why_somebody_found_nobody(match: Run, filled: Database) -> None:
    with filled.transaction() as tx:
        requests.update(tx, 3, {"languages": ("ja",)})
    shown = match("round", "--dry-run", "--organisation", "cike").stdout
    assert "1 without: no mentor with a language in common (Cyril (3))" in shown
    (found,) = read(match, "round", "--dry-run")
    assert [(each["mentee"], each["why"]) for each in found["left_out"]] == [("Cyril", "language")]


def test_an_unattended_round_wants_the_number(
    match: Run, filled: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from blueprints.load import default_path

    text = default_path().read_text(encoding="utf-8")
    assert "unattended = false" in text
    (folder / "own.toml").write_text(text.replace("unattended = false", "unattended = true"))
    monkeypatch.setenv("BLUEPRINT", str(folder / "own.toml"))
    assert match("round", typed="no\n").exit_code == 2
    assert len(read(match, "list")) == 3
    done = match("round", "--yes")
    assert "ask 1 mentor at once" in done.output
    assert "1 mentor is being asked." in done.output
    assert [each["state"] for each in read(match, "list", "--limit", "1")] == ["asked_mentor"]


def test_a_request_is_entered_and_changed_for_somebody(match: Run, filled: Database) -> None:
    assert match("request", "3", "--withdraw").exit_code == 0
    assert match("request", "3").exit_code == 2  # what for?
    with filled.transaction() as tx:
        living.set_traits(tx, 3, "spoken_languages", [living.Trait("sk"), living.Trait("de")])
    done = match("request", "3", "--goal", "Sell   abroad", "--skill", "teamwork", "--field", "it")
    assert (done.exit_code, done.stdout) == (0, "Cyril (3) asks for a mentor.\n"), done.stderr
    changed = match("request", "3", "--urgency", "now", "--field", "none")
    assert changed.stdout == "Cyril (3) asks for this now.\n"
    with filled.reading() as tx:
        row = requests.current(tx, 3)
    assert row is not None
    assert (row.goal, row.skills, row.field, row.urgency) == (
        "Sell abroad", ("teamwork",), None, "now",
    )  # fmt: skip
    assert set(row.languages) == {"sk", "de"}
    assert logged(filled) == ("match.request", "cike", "person:3")


def test_an_offer_is_entered_and_changed_for_somebody(match: Run, filled: Database) -> None:
    until = (now() + timedelta(days=30)).date().isoformat()
    done = match("offer", "11", "--capacity", "4", "--skill", "planning", "--break-until", until)
    assert (done.exit_code, done.stdout) == (0, "Mária (11) offers this now.\n"), done.stderr
    with filled.reading() as tx:
        row = offers.of_person(tx, 11)
    assert row is not None
    assert (row.capacity, row.skills, row.languages) == (4, ("planning",), ("en",))
    assert (str(row.break_until), row.break_reason) == (until, "staff")
    match("offer", "11", "--break-until", "none")
    match("offer", "12", "--off")
    with filled.reading() as tx:
        found = offers.by_people(tx, [11, 12])
    assert found[11].break_until is None
    assert found[12].status == "off"
    assert match("offer", "11", "--break-until", "2020-01-01").exit_code == 2


def test_only_who_agreed_to_mentoring_is_entered(match: Run, filled: Database) -> None:
    with filled.transaction() as tx:
        tx.run(sql("UPDATE consent SET given = :no WHERE person_id = 3 AND purpose = 'mentoring'"),
               no=False)  # fmt: skip
    refused = match("request", "3", "--goal", "x")
    assert (refused.exit_code, "has not agreed to mentoring" in refused.stderr) == (1, True)
    assert "is local: they cannot be a mentor" in match("offer", "1", "--capacity", "1").stderr
    assert "is expat: they cannot ask for a mentor" in match("request", "11", "--goal", "x").stderr
    assert match("offer", "999", "--capacity", "1").exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["list", "--state", "happy"],
        ["list", "--organisation", "nobody"],
        ["requests", "--organisation", "nobody"],
        ["round", "--organisation", "nobody"],
        ["approve"],
        ["approve", "1", "--all"],
        ["approve", "1", "--organisation", "cike"],
        ["close", "1"],
        ["export"],
        ["request", "3", "--skill", "juggling"],
        ["request", "3", "--skill", "a", "--withdraw"],
        ["request", "3", "--language", "english"],
        ["request", "3", "--mode", "telepathy"],
        ["request", "3", "--goal", "x" * 501],
        ["offer", "11", "--capacity", "21"],
        ["offer", "11", "--hours", "never"],
        ["offer", "11", "--off", "--capacity", "2"],
        ["offer", "11", "--break-until", "soon"],
    ],
)
def test_wrong_usage_is_told(match: Run, arguments: list[str]) -> None:
    done = match(*arguments)
    assert done.exit_code == 2, done.output
