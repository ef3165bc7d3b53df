"""What it costs to know the places of the world: ``python -m bench.gazetteer``.

CPU milliseconds to import, for the first town and for typed ones (best of five), and memory.
"""

from __future__ import annotations

import time
from pathlib import Path

TYPED = (
    ("Wien", "AT"),
    ("v Pliberku", "AT"),
    ("10115 Berlin", "DE"),
    ("Frankfrut", "DE"),
    ("Xyzzyville", "US"),
    ("v Berlíne v Nemecku", None),
    ("nezrozumiteľné slovo xyz " * 3, "IT"),
    ("Ab Cd " * 13, "DE"),
    ("nonsense " * 55, None),
)


def resident() -> float:
    """Megabytes of this process, mapped pages included (Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    begin, before = time.process_time(), resident()
    from flows.understand.places import city, where  # noqa: PLC0415 - is what is measured

    imported, loaded = time.process_time(), resident()
    city("Wien", "AT", "sk")
    first, touched = time.process_time(), resident()
    print(f"import {1000 * (imported - begin):.0f} ms, {loaded - before:.1f} MB")
    print(f"first town {1000 * (first - imported):.1f} ms, {touched - loaded:.1f} MB")
    for text, country in TYPED:
        times = []
        for _ in range(6):
            started = time.thread_time()
            if country:
                city(text, country, "sk")
            else:
                where(text, "sk", ("SK", "SI"))
            times.append(time.thread_time() - started)
        print(f"{text[:32]:32} {country or '-':2} {1000 * min(times[1:]):.2f} ms")
    print(f"afterwards {resident() - before:.1f} MB more than before the import")


if __name__ == "__main__":
    main()
