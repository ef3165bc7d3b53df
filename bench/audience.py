"""Counting audiences among very many people, beside a plain statement for each figure.

    python -m bench.audience [--people 1000000] [--runs 3] [--folder DIR] [--postgresql]

Ours is what `domov audience count` asks: how many fit, how many a message would reach, in which
languages, on which channels, and why not the others, in one statement. Beside it the same figures
asked for one by one (how many fit; how many of those consent; …; and the reached by language and
by channel). Shown are medians of wall seconds, and for SQLite of CPU seconds, which tell more where
the machine has other work.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.crowd import crowd
from bench.planning import server
from blueprints.load import default_path, load
from outreach.audience import compile_filter, count
from storage import reach
from storage.conditions import Binder, allowed
from storage.database import Database
from storage.moments import moment
from storage.statements import sql
from storage.transaction import Transaction

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BLUEPRINT = load(default_path())
CHANNELS = ("telegram", "slack")
ORGANISATION = "cike"
TEXTS = (
    "",
    "country:DE,AT",
    "residence:international and roles:mentor and not event:brunch-nov",
    "(skills_offered:any or willingness:yes) and not spoken:de and last_active:<400d",
    "person:12,345,6789",
)
WEEK_AGO = moment(datetime(2026, 11, 16, 12, 0, tzinfo=UTC))


def ours(tx: Transaction, text: str) -> tuple[int, int]:
    """One statement."""
    counted = count(tx, text, BLUEPRINT, NOW, ORGANISATION, CHANNELS)
    return counted.matched, counted.reachable


def one_by_one(tx: Transaction, text: str) -> tuple[int, int]:
    """A statement for each figure."""
    made = compile_filter(text, BLUEPRINT, NOW)
    binder = Binder("o")
    steps = [
        allowed(ORGANISATION, binder),
        reach.CONSENTED,
        f"{reach.PAUSED} IS NOT TRUE",
        f"{reach.identity_of(CHANNELS)} IS NOT NULL",
        f"{reach.UNASKED} < 3",
    ]
    params = {
        **made.params,
        **binder.params,
        "purpose": "invitations",
        "today": NOW.date().isoformat(),
        "week_ago": WEEK_AGO,
    }
    figures = []
    for upto in range(len(steps) + 1):
        where = " AND ".join([made.where, *steps[:upto]])
        figures += tx.run(sql(f"SELECT count(*) FROM person p WHERE {where}"), **params).fetchall()
    for group in ("p.language", reach.identity_of(CHANNELS, "channel")):
        grouped = f"SELECT {group}, count(*) FROM person p WHERE {where} GROUP BY 1"
        tx.run(sql(grouped), **params).fetchall()
    return figures[0][0], figures[-1][0]


def measured(
    database: Database, ask: Callable[[Transaction, str], tuple[int, int]], text: str
) -> tuple[float, float, tuple[int, int]]:
    """Wall seconds, CPU seconds, and what came out."""
    with database.reading() as tx:
        wall, cpu = time.perf_counter(), time.process_time()
        found = ask(tx, text)
        return time.perf_counter() - wall, time.process_time() - cpu, found


@contextlib.contextmanager
def opened(people: int, folder: Path | None, *, postgresql: bool) -> Iterator[Database]:
    """The people's database."""
    path = crowd(people, folder)
    place = server(path) if postgresql else contextlib.nullcontext(f"sqlite:///{path}")
    with place as url, contextlib.closing(Database.open(url)) as database:
        yield database


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("--people", type=int, default=1_000_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--folder", type=Path)
    options.add_argument("--postgresql", action="store_true")
    given = options.parse_args()
    print("| audience | fit | reached | ours, s | CPU s | one by one, s | CPU s | ratio |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    with opened(given.people, given.folder, postgresql=given.postgresql) as database:
        for text in TEXTS:
            pairs = [
                (measured(database, ours, text), measured(database, one_by_one, text))
                for _ in range(given.runs)
            ]
            if len({found for pair in pairs for _, _, found in pair}) != 1:
                raise SystemExit(f"{text!r}: the figures differ: {pairs}")
            wall, cpu = (statistics.median(pair[0][at] for pair in pairs) for at in (0, 1))
            other, other_cpu = (statistics.median(pair[1][at] for pair in pairs) for at in (0, 1))
            ratio = statistics.median(pair[1][0] / pair[0][0] for pair in pairs)
            fit, reached = pairs[0][0][2]
            print(
                f"| `{text or 'everybody'}` | {fit:,} | {reached:,} | {wall:.2f} | {cpu:.2f}"
                f" | {other:.2f} | {other_cpu:.2f} | {ratio:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
