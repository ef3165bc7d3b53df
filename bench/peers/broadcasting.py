"""What the peers of bench.broadcast send, and to whom."""

from __future__ import annotations

from collections.abc import Iterator

from bench.sink import FIRST_CHAT

TEXT = (
    "Hello {name},\n\non Thursday we meet in <b>Tabačka</b>: three people who came back, three who"
    " did not, and a good brunch. Will you come? More at"
    ' <a href="https://www.example.org/brunch">our page</a>.'
)


def recipients(number: int) -> Iterator[tuple[int, str]]:
    """Chat and text of each message."""
    for each in range(number):
        yield FIRST_CHAT + each, TEXT.format(name=f"Jana {each}")
