"""Rounds of mentoring, from people to pairs: Domov's beside scipy's solvers and greedy.

    python -m bench.matching [--limit 120] [--round 2000x5000] [--system domov]

Every system in a process of its own on one core (one thread), from made-up people: scores are
counted in. ``--limit``: CPU seconds after which a system has not ended. Prints a Markdown table.

- domov: outreach.mentoring.assigning as it is, with its proof.
- dense: scipy's linear_sum_assignment, a column for each place (the whole matrix).
- sparse: scipy's min_weight_full_bipartite_matching over each mentee's best 100 mentors; whoever
  finds no place there goes without.
- greedy: the best pair of all that are still possible, again and again.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from bench.processes import ROOT, TESTED_CORE
from blueprints.load import default_path, load
from blueprints.values import SLOTS
from outreach.mentoring.assigning import assign
from outreach.mentoring.model import Mentor, Pool, Seeker
from outreach.mentoring.scoring import Scores

ROUNDS = ("500x500", "2000x5000", "10000x20000", "20000x10000", "20500x10000")
PLACES = 2
DAY = date(2026, 11, 23)
BEST = 100  # mentors for each mentee that the sparse solver sees
ZONES = (
    *("Europe/Bratislava", "Europe/Ljubljana", "Europe/Vienna", "Europe/Berlin", "Europe/London"),
    *("America/New_York", "America/Los_Angeles", "America/Sao_Paulo", "Asia/Tokyo", "Asia/Kolkata"),
    *("Australia/Sydney", "Europe/Zurich", "Europe/Prague", "Asia/Dubai", "Africa/Cairo"),
)
MODES = ("online", "in_person", "both")
Pairs = Sequence[tuple[int, int]]


def pool(mentees: int, mentors: int) -> Any:
    """People of both organisations, as different as the blueprint has it."""
    blueprint = load(default_path())
    chance = random.Random(1)
    skills = [each.key for each in blueprint.skills]
    fields = [each.key for each in blueprint.fields]

    def some(least: int, most: int, of: Sequence[str]) -> list[str]:
        return chance.sample(list(of), min(len(of), chance.randint(least, most)))

    def about(languages: dict[str, float], unsure: float) -> dict[str, Any]:
        organisation = chance.choice(("cike", "bsc_kranj"))
        spoken = {each for each, share in languages.items() if chance.random() < share}
        return {
            "organisation": organisation,
            "sharing": chance.random() < 0.5,
            "languages": frozenset({"sk" if organisation == "cike" else "sl"} | spoken),
            "field": None if chance.random() < unsure else chance.choice(fields),
            "mode": chance.choices(MODES, (6, 1, 3))[0],
            "hours": frozenset(some(0, 3, list(SLOTS))),
        }

    seekers = tuple(
        Seeker(
            request=n, person=n, skills=tuple(some(1, 4, skills)), timezone=ZONES[n % 2],
            waited_days=chance.randint(0, 60), passed_over=chance.choice((0, 0, 0, 1, 2)),
            ahead=chance.random() < 0.01, **about({"en": 0.7, "de": 0.2}, 0.2),
        )
        for n in range(1, mentees + 1)
    )  # fmt: skip
    offers = tuple(
        Mentor(
            person=10**6 + n, skills=frozenset(some(2, 6, skills)), timezone=chance.choice(ZONES),
            places=PLACES, **about({"en": 0.9, "de": 0.3, "fr": 0.1}, 0),
        )
        for n in range(mentors)
    )  # fmt: skip
    barred = frozenset(
        (chance.randint(1, mentees), 10**6 + chance.randrange(mentors)) for _ in range(mentees // 2)
    )
    return Pool(seekers, offers, barred), blueprint.mentoring


def domov(scores: Any) -> tuple[Pairs, int | None]:
    found = assign(scores, [PLACES] * scores.m)
    return found.pairs, found.bound


def dense(scores: Any) -> tuple[Pairs, int | None]:
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - not in others' memory

    whole = np.empty((scores.n, scores.m * PLACES), dtype=np.float32)
    for begin in range(0, scores.n, 100):
        rows = scores.rows(begin, min(begin + 100, scores.n))
        whole[begin : begin + 100] = np.repeat(rows, PLACES, axis=1)
    rows, columns = linear_sum_assignment(whole, maximize=True)
    pairs = zip(rows.tolist(), (columns // PLACES).tolist(), strict=True)
    return [(i, j) for i, j in pairs if whole[i, PLACES * j] > 0], None


def sparse(scores: Any) -> tuple[Pairs, int | None]:
    from scipy.sparse import csr_array  # noqa: PLC0415
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching  # noqa: PLC0415

    count = min(BEST, scores.m)
    line, column, value = [], [], []
    for begin in range(0, scores.n, 100):
        rows = scores.rows(begin, min(begin + 100, scores.n))
        best = np.argpartition(rows, -count, axis=1)[:, -count:]
        number = np.repeat(np.arange(begin, begin + len(rows)), count)
        found = np.take_along_axis(rows, best, axis=1).ravel()
        for place in range(PLACES):
            line.append(number[found > 0])
            column.append(PLACES * best.ravel()[found > 0] + place)
            value.append(found[found > 0])
    everybody = np.arange(scores.n)  # a column for each to go without; a weight may not be 0
    line.append(everybody)
    column.append(PLACES * scores.m + everybody)
    value.append(np.full(scores.n, 0))
    weights = np.concatenate(value).astype(np.float64)
    matrix = csr_array(
        (weights + 1, (np.concatenate(line), np.concatenate(column))),
        shape=(scores.n, PLACES * scores.m + scores.n),
    )
    rows, columns = min_weight_full_bipartite_matching(matrix, maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(i, c // PLACES) for i, c in pairs if c < PLACES * scores.m], None


def greedy(scores: Any) -> tuple[Pairs, int | None]:
    keys = []
    for begin in range(0, scores.n, 100):
        rows = scores.rows(begin, min(begin + 100, scores.n)).astype(np.int64)
        numbers = np.arange(begin * scores.m, begin * scores.m + rows.size)
        keys.append((rows.ravel() << 32 | numbers)[rows.ravel() > 0])
    order = np.concatenate(keys)
    del keys
    order.sort()
    left, seated, pairs = [PLACES] * scores.m, [False] * scores.n, []
    missing = min(scores.n, PLACES * scores.m)
    for end in range(len(order), 0, -(10**6)):
        for number in (order[max(end - 10**6, 0) : end] & 0xFFFFFFFF).tolist()[::-1]:
            i, j = divmod(number, scores.m)
            if left[j] and not seated[i]:
                left[j] -= 1
                seated[i] = True
                pairs.append((i, j))
        if len(pairs) == missing:
            break
    return pairs, None


SYSTEMS: dict[str, Callable[[Any], tuple[Pairs, int | None]]] = {
    "domov": domov, "dense": dense, "sparse": sparse, "greedy": greedy,
}  # fmt: skip


def child(system: str, size: str) -> None:
    """One round by one system: its figures as JSON."""
    mentees, mentors = map(int, size.split("x"))
    people, mentoring = pool(mentees, mentors)
    begun, cpu = time.perf_counter(), time.process_time()
    scores = Scores(people, mentoring, DAY)
    pairs, bound = SYSTEMS[system](scores)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    assert len({i for i, _ in pairs}) == len(pairs)
    assert max(Counter(j for _, j in pairs).values()) <= PLACES
    total = sum(scores.one(i, j) for i, j in pairs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps([seconds, cpu, peak, len(pairs), total, bound]))


def measured(system: str, size: str, limit: int) -> list[Any] | None:
    """None: not ended within the limit, or killed for want of memory."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, "-m", "bench.matching", "--child", system, size]
    if TESTED_CORE is not None:
        command = ["taskset", "-c", str(TESTED_CORE), *command]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | threads, capture_output=True, check=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit)),
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        print(f"{system} {size}: {error}", file=sys.stderr)
        return None
    found: list[Any] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--limit", type=int, default=120)
    parser.add_argument("--round", action="append", choices=ROUNDS)
    parser.add_argument("--system", action="append", choices=list(SYSTEMS))
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.child:
        child(*wanted.child)
        return
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}")
    print()
    print(
        "| mentees × mentors | system | seconds | CPU s | peak MB | pairs | total | of the bound |"
    )
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for size in wanted.round or ROUNDS:
        most = None
        for system in wanted.system or SYSTEMS:
            found = measured(system, size, wanted.limit)
            if found is None:
                print(f"| {size} | {system} | not in {wanted.limit} s | | | | | |", flush=True)
                continue
            seconds, cpu, peak, pairs, total, bound = found
            most = bound or most
            share = f"{total / most:.4%}" if most else ""
            print(
                f"| {size} | {system} | {seconds:.1f} | {cpu:.1f} | {peak:.0f} | {pairs:,} |"
                f" {total:,} | {share} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
