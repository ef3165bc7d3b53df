"""What options can be, shared by commands. No imports: `--help` must answer at once."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """The languages that the program has words in."""

    EN = "en"
    SK = "sk"
    SL = "sl"


class ListFormat(StrEnum):
    """How a list is shown."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class ExportFormat(StrEnum):
    """What an export is written as."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    PARQUET = "parquet"


class RehearsalFormat(StrEnum):
    """How a rehearsal is shown or written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"


class LedgerFormat(StrEnum):
    """What a ledger is written as."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


class ShowFormat(StrEnum):
    """How one thing is shown."""

    TABLE = "table"
    JSON = "json"
