"""The rehearsal tells what will be sent, and changes nothing."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from blueprints.load import load
from blueprints.schema import Blueprint
from messages.words import Words
from outreach.broadcasts import life as broadcasts
from outreach.broadcasts.file import Written
from outreach.broadcasts.life import Local
from outreach.clock import Context, Handlers, Outcome
from outreach.composing import Composer
from outreach.events import life as events
from outreach.events.model import Details
from outreach.handlers import HANDLERS
from outreach.rehearsal import Entry, Rehearsal, VirtualClock
from outreach.staff import console_actor
from storage import rehearsing, scratch, tasks
from storage.database import Database, sql
from storage.errors import CannotWrite
from storage.tables import Table
from storage.tasks import TaskRow
from storage.transaction import Transaction
from tests.outreach import sending
from tests.outreach.playing import QUARTER, Program

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)  # a Sunday
BRUNCH = datetime(2026, 12, 5, 9, 0, tzinfo=UTC)
LOCAL = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def blueprint() -> Blueprint:
    return load(LOCAL / "blueprints/expats-for-home.toml")


@pytest.fixture(scope="module")
def words(blueprint: Blueprint) -> Words:
    return Words(blueprint.languages)


@pytest.fixture
def people(database: Database) -> dict[str, int]:
    """Ana and Eva in Bratislava, John in Boston, Maja of the other organisation."""
    with database.transaction() as tx:
        return {
            "Ana": sending.person(tx, name="Ana"),
            "Eva": sending.person(tx, name="Eva"),
            "John": sending.person(tx, name="John", language="en", timezone="America/New_York"),
            "Maja": sending.person(
                tx, name="Maja", organisation="bsc_kranj", language="sl",
                timezone="Europe/Ljubljana",
            ),
        }  # fmt: skip


def brunch(tx: Transaction, blueprint: Blueprint, answers: Mapping[int, str]) -> int:
    details = Details(
        key="brunch", organisation="cike", title={"en": "Brunch"}, starts_at=BRUNCH,
        ends_at=BRUNCH + timedelta(hours=2), timezone="Europe/Bratislava",
        audience="organisation:cike",
    )  # fmt: skip
    made = events.create(tx, details, console_actor(), NOW)
    for person, state in answers.items():
        sending.answered(tx, made.id, person, state)
    events.announce(tx, made.id, console_actor(), NOW, blueprint)
    return made.id


def news(tx: Transaction, blueprint: Blueprint, when: datetime | Local, **values: str) -> None:
    organisation = values.get("organisation", "cike")
    written = Written(
        values.get("key", "news"), "News", {"en": "Hello {{ name }}", "sk": "Ahoj {{ name }}"}
    )
    audience = values.get("audience", f"organisation:{organisation}")
    row = broadcasts.create(tx, console_actor(), written, organisation, audience, NOW, blueprint)
    broadcasts.schedule(tx, console_actor(), row.key, when, 3, NOW, blueprint)


def rehearse(
    database: Database,
    blueprint: Blueprint,
    words: Words,
    until: datetime,
    handlers: Handlers = HANDLERS,
) -> tuple[list[Entry], Rehearsal]:
    clock = VirtualClock(NOW)
    with scratch.copied(database, NOW) as tx:
        rehearsal = Rehearsal(
            tx, handlers, Context(NOW, blueprint, ("telegram",)),
            Composer(words, blueprint, clock), clock, {"telegram": 30},
        )  # fmt: skip
        return list(rehearsal.play(until)), rehearsal


def told(entries: list[Entry]) -> list[tuple[str, str, str, str]]:
    return [(f"{each.at:%m-%d %H:%M}", each.name, each.kind, each.outcome) for each in entries]


def dump(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as tx:
        return {
            name: sorted(map(tuple, tx.run(sql(f"SELECT * FROM {name}")).fetchall()), key=str)
            for name in Table.metadata.tables
        }


def test_a_rehearsal_tells_each_message_at_its_time_and_in_its_language(
    database: Database, people: dict[str, int], blueprint: Blueprint, words: Words
) -> None:
    with database.transaction() as tx:
        brunch(tx, blueprint, {people["Ana"]: "going", people["John"]: "maybe"})
        news(tx, blueprint, Local(date(2026, 11, 25), "10:00"))
    entries, rehearsal = rehearse(database, blueprint, words, BRUNCH)

    assert told(entries) == [
        ("11-22 10:00", "Eva", "invitation", "sent"),
        ("11-25 09:00", "Ana", "broadcast", "sent"),
        ("11-25 09:00", "Eva", "broadcast", "sent"),
        ("11-25 15:00", "John", "broadcast", "sent"),
        ("11-28 09:00", "Ana", "reminder", "sent"),
        ("11-28 14:00", "John", "reminder", "sent"),
        ("12-04 09:00", "Ana", "reminder", "sent"),
        ("12-04 14:00", "John", "reminder", "sent"),
        ("12-05 08:00", "Ana", "last_reminder", "sent"),
        ("12-05 08:00", "John", "last_reminder", "sent"),
    ]
    first = entries[0]
    assert (first.about, first.language, first.missing, first.timezone, first.channel) == (
        "event:brunch", "sk", "sk", "Europe/Bratislava", "telegram",
    )  # fmt: skip
    assert [each.missing for each in entries if each.kind == "broadcast"] == ["", "", ""]
    assert rehearsal.failures == []


def test_a_rehearsal_changes_nothing_and_says_the_same_again(
    database: Database, people: dict[str, int], blueprint: Blueprint, words: Words
) -> None:
    with database.transaction() as tx:
        brunch(tx, blueprint, {people["Ana"]: "going"})
        news(tx, blueprint, NOW)
    before = dump(database)
    entries, _ = rehearse(database, blueprint, words, BRUNCH)

    assert len(entries) > 3
    assert dump(database) == before
    assert rehearse(database, blueprint, words, BRUNCH)[0] == entries


def test_what_the_budget_holds_back_is_told(
    database: Database, people: dict[str, int], blueprint: Blueprint, words: Words
) -> None:
    """Eva got three unasked messages five days ago, John two: she waits for two days, he for
    five, which is longer than a broadcast lives."""
    with database.transaction() as tx:
        for name, days in (("Eva", 5), ("John", 2)):
            at = NOW - timedelta(days=days)
            for _ in range(3):
                sending.delivery(
                    tx, people[name], state="sent", sent_at=at, due_at=at, created_at=at
                )
        news(tx, blueprint, NOW)
    soon, _ = rehearse(database, blueprint, words, NOW + timedelta(days=1))
    later, _ = rehearse(database, blueprint, words, NOW + timedelta(days=9))

    assert sorted((each.name, each.outcome, each.reason) for each in soon) == [
        ("Ana", "sent", ""),
        ("Eva", "waiting", "over budget"),
        ("John", "expired", "over budget"),
    ]
    assert told(later)[-1] == ("11-24 10:00", "Eva", "broadcast", "sent")
    assert later[-1].reason == "over budget"


def test_who_does_not_consent_or_paused_gets_nothing(
    database: Database, people: dict[str, int], blueprint: Blueprint, words: Words
) -> None:
    with database.transaction() as tx:
        withdrew = sending.person(tx, name="Zora", consents=("register",))
        paused = sending.person(tx, name="Igor", paused_until="2026-11-24")
        number = sending.broadcast(tx, key="older", bodies='{"sk": "Ahoj"}')
        for person in (withdrew, paused):
            sending.delivery(tx, person, broadcast_id=number, due_at=NOW)
    entries, _ = rehearse(database, blueprint, words, NOW + timedelta(days=3))

    older = [each for each in entries if each.about == "broadcast:older"]
    assert [(each.name, each.outcome, each.reason) for each in older] == [
        ("Zora", "cancelled", "no consent"),
        ("Igor", "sent", "paused"),
    ]
    assert f"{older[1].at:%m-%d %H:%M}" == "11-24 08:00"  # nine o'clock in Bratislava


def test_messages_go_as_fast_as_the_platform_allows(
    database: Database, blueprint: Blueprint, words: Words
) -> None:
    with database.transaction() as tx:
        for number in range(95):
            sending.person(tx, name=f"P{number}")
        news(tx, blueprint, NOW)
    entries, _ = rehearse(database, blueprint, words, NOW + timedelta(hours=1))

    assert len(entries) == 95
    seconds = [(each.at - NOW).total_seconds() for each in entries]
    assert seconds == sorted(seconds)
    assert seconds[30] == pytest.approx(1, abs=0.05)
    assert seconds[94] == pytest.approx(94 / 30, abs=0.2)


def test_a_task_that_fails_is_told_and_holds_nothing_up(
    database: Database, people: dict[str, int], blueprint: Blueprint, words: Words
) -> None:
    def broken(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
        raise ValueError("Ana")

    with database.transaction() as tx:
        tasks.plan(tx, "broken", "event:7", NOW, NOW)
        news(tx, blueprint, NOW)
    entries, rehearsal = rehearse(
        database, blueprint, words, NOW + timedelta(hours=9), {**HANDLERS, "broken": broken}
    )

    assert len(entries) == 3
    (failure,) = rehearsal.failures
    assert (failure.kind, failure.subject) == ("broken", "event:7")
    assert "Ana" not in failure.reason


def test_the_copy_is_private_and_thrown_away(
    database: Database, people: dict[str, int], tmp_path: Path
) -> None:
    def files() -> Iterator[Path]:
        return tmp_path.glob("domov-*/*")

    with scratch.copied(database, NOW, folder=tmp_path) as tx:
        assert rehearsing.accounts(tx, ("telegram",)) == [("telegram", "bot")]
        (folder,) = tmp_path.glob("domov-*")
        assert folder.stat().st_mode & 0o077 == 0
        assert list(files())
    assert not list(tmp_path.glob("domov-*"))


def test_the_copy_leaves_out_words_pictures_and_old_messages(
    database: Database, people: dict[str, int]
) -> None:
    old = NOW - timedelta(days=30)
    with database.transaction() as tx:
        sending.put(
            tx, "conversation", person_id=people["Ana"], flow="join", answers='{"name": "Ana"}',
            opened_at=NOW, updated_at=NOW,
        )  # fmt: skip
        sending.put(
            tx, "media", name="a.png", media_type="image/png", sha256="0", content=b"PNG",
            created_at=NOW,
        )  # fmt: skip
        sending.delivery(tx, people["Ana"], state="sent", sent_at=old)
        waits = sending.delivery(tx, people["Ana"], payload='{"text": []}')
    with scratch.copied(database, NOW) as tx:
        assert tx.run(sql("SELECT answers FROM conversation")).fetchall() == [("{}",)]
        assert tx.run(sql("SELECT name, content FROM media")).fetchall() == [("a.png", b"")]
        assert tx.run(sql("SELECT id FROM delivery")).fetchall() == [(waits,)]


@pytest.mark.parametrize("part", [part for part in scratch.PARTS if part.table == "delivery"])
def test_the_copy_does_not_read_old_messages(sqlite_url: str, part: scratch.Part) -> None:
    """Years of replies cost a rehearsal nothing: each part of the ledger has its index."""
    with closing(Database.open(sqlite_url)) as database, database.reading() as tx:
        statement = sql(f"EXPLAIN QUERY PLAN SELECT * FROM delivery WHERE {part.where}")
        given = {"week_ago": "2026"} if "week_ago" in statement.names else {}
        plan = [row[3] for row in tx.run(statement, **given).fetchall()]
    (reads,) = [step for step in plan if " delivery" in step]
    assert "USING INDEX" in reads


def test_a_full_disk_is_told_in_words(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(scratch, "_fill", full)
    with (
        pytest.raises(CannotWrite, match="No space left on device; TMPDIR can name another"),
        scratch.copied(database, NOW, folder=tmp_path),
    ):
        pass
    assert list(tmp_path.glob("domov-*")) == []


ZONES = ("Europe/Bratislava", "America/New_York", "Australia/Sydney", "Asia/Kathmandu", None)


def crowd(tx: Transaction, chance: random.Random, blueprint: Blueprint) -> None:
    """People of all kinds, two events and three broadcasts."""
    everybody = [
        sending.person(
            tx,
            name=f"P{number}",
            language=chance.choice(("en", "sk", "sl")),
            organisation=chance.choice(("cike", "cike", "bsc_kranj")),
            timezone=chance.choice(ZONES),
            consents=chance.choice((("register", "invitations"), ("register",))),
            paused_until=chance.choice((None, None, None, "2026-11-26")),
        )
        for number in range(25)
    ]
    for person in chance.sample(everybody, 8):
        for days in chance.sample(range(7), 3):
            at = NOW - timedelta(days=days, hours=1)
            sending.delivery(tx, person, state="sent", sent_at=at, due_at=at)
    answers = {
        person: chance.choice(("going", "maybe", "no", "waiting"))
        for person in chance.sample(everybody, 12)
    }
    brunch(tx, blueprint, answers)
    news(tx, blueprint, NOW)
    news(tx, blueprint, Local(date(2026, 11, 24), "08:00"), key="early")
    news(tx, blueprint, NOW + timedelta(days=4, hours=9), key="later", organisation="bsc_kranj")


@pytest.mark.parametrize("seed", range(3))
def test_a_rehearsal_says_what_will_happen(
    database: Database, blueprint: Blueprint, words: Words, seed: int
) -> None:
    """The program itself, played afterwards on the real database, sends just that."""
    with database.transaction() as tx:
        crowd(tx, random.Random(seed), blueprint)
    end = BRUNCH + timedelta(days=3)
    entries, rehearsal = rehearse(database, blueprint, words, end)
    program = Program(database, blueprint, words)
    program.run(NOW, end, 2 * QUARTER)

    said = Counter((each.person, each.kind) for each in entries if each.outcome == "sent")
    assert said == Counter((each.person, each.kind) for each in program.got)
    assert said.total() > 20
    assert rehearsal.failures == []
    with database.reading() as tx:
        rows = tx.run(
            sql(
                "SELECT person_id, kind, state FROM delivery WHERE state IN ('expired',"
                " 'cancelled', 'failed')"
            )
        ).fetchall()
    ended = Counter(
        (each.person, each.kind, each.outcome)
        for each in entries
        if each.outcome in ("expired", "cancelled", "failed")
    )
    assert ended == Counter(map(tuple, rows))
