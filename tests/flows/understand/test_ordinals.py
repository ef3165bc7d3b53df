"""Which of several things is meant by its number or place."""

from __future__ import annotations

import pytest

from flows.understand.ordinals import pick


@pytest.mark.parametrize(
    ("text", "index"),
    [
        *((each, 0) for each in ("1", "1.", "#1", "first", "the first one", "prvá", "prvú prosím")),
        *(
            (each, 0)
            for each in ("prvi", "možnosť 1", "ena", "I'd like the first".replace("'d", ""))
        ),
        *(
            (each, 1)
            for each in ("2", "(2)", "the second", "druhá", "ten druhý", "drugi", "option 2")
        ),
        *((each, 2) for each in ("third", "tretia možnosť", "tretji", "the last one", "posledná")),
        *((each, 2) for each in ("zadnji", "3")),
        *((each, None) for each in ("4", "0", "fourth", "1st of May", "my first job", "Jana", "")),
        *((each, None) for each in ("first and second", "12345", "👍")),
    ],
)
def test_a_place_is_understood(text: str, index: int | None) -> None:
    assert pick(text, 3) == index


def test_of_nothing_nothing_is_picked() -> None:
    assert pick("last", 0) is pick("1", 0) is None
