"""A viewer learns of no group under five, whatever they subtract."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from outreach.fives import FEW, fives, of_broadcast, of_mentoring
from storage.staff_lists import Cell, PeopleFigures, figures

COUNTS = st.integers(0, 30)
PEOPLE = st.dictionaries(
    st.tuples(
        st.sampled_from(["active", "paused", "joining", "mapped"]),
        st.sampled_from(["expat", "local", None]),
        st.sampled_from(["domestic", "international", None]),
        st.sampled_from(["SK", "DE", "AT", None]),
    ),
    COUNTS,
    max_size=12,
)
OPTIONS = ("o1", "o2", "o3")


def shown(found: PeopleFigures) -> dict[str, int]:
    """All that a page of figures can hold."""
    groups = {"status": found.statuses, "persona": found.personas,
              "residence": found.residences, "country": found.countries}  # fmt: skip
    each = {f"{name} {key}": n for name, group in groups.items() for key, n in group.items() if n}
    return {**each, "people": found.registered}


def safe(told: Mapping[str, int]) -> None:
    """What stands alone and every difference is nothing or a whole number of fives: of any two
    groups of which one holds the other, the rest is no group under five."""
    for one, other in combinations([0, *told.values()], 2):
        assert (one - other) % FEW == 0


@given(PEOPLE, st.data())
def test_people_of_whom_there_are_few_change_nothing(
    people: dict[tuple[str, str | None, str | None, str | None], int], data: st.DataObject
) -> None:
    """Of two worlds that differ in fewer than five of each kind a viewer sees the same: so neither
    subtraction nor looking twice tells them apart."""
    one: list[Cell] = [(*kind, count) for kind, count in people.items()]
    other: list[Cell] = [
        (*kind, fives(count) + data.draw(st.integers(0, FEW - 1))) for kind, count in people.items()
    ]
    told = shown(figures(one, fives))
    assert told == shown(figures(other, fives))
    safe(told)
    exact = shown(figures(one))
    assert all(0 <= number <= exact.get(name, 0) for name, number in told.items())


@given(st.lists(COUNTS, min_size=4, max_size=4), st.lists(COUNTS, min_size=4, max_size=4))
def test_mentoring_gives_nobody_away(first: list[int], others: list[int]) -> None:
    def seen(long: int, fresh: int, met: int, unmet: int) -> dict[str, int]:
        counts = {"requests": long + fresh, "long": long, "pairs": met + unmet, "met": met}
        return of_mentoring(counts)

    told = seen(*first)
    safe(told)
    changed = [fives(one) + other % FEW for one, other in zip(first, others, strict=True)]
    assert seen(*changed) == told


@given(
    st.lists(COUNTS, min_size=6, max_size=6),
    st.lists(st.integers(0, FEW - 1), min_size=6, max_size=6),
)
def test_a_broadcast_gives_nobody_away(first: list[int], others: list[int]) -> None:
    def seen(*cells: int) -> dict[str, int]:
        answers = dict(zip(OPTIONS, cells[:3], strict=True))
        silent, waiting, failed = cells[3:]
        counts = {"planned": sum(cells), "sent": sum(answers.values()) + silent,
                  "waiting": waiting, "failed": failed}  # fmt: skip
        return of_broadcast(counts, answers) | {key: fives(n) for key, n in answers.items()}

    told = seen(*first)
    safe(told)
    changed = [fives(one) + other for one, other in zip(first, others, strict=True)]
    assert seen(*changed) == told
