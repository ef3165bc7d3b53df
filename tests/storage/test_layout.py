"""The tables as data are the tables."""

from storage import layout
from storage.tables.__main__ import described


def test_layout_is_what_the_tables_say() -> None:
    """After a change of the tables: ``python -m storage.tables``."""
    assert layout.FILE.read_bytes() == described()
