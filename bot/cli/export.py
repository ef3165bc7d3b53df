"""``domov export``: the living database as a file."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.exporting import export_to
from bot.cli.options import ExportFormat, Language
from bot.cli.separating import Separator

app = typer.Typer(no_args_is_help=True)

Format = Annotated[ExportFormat, typer.Option("--format", help="What to write.")]
Output = Annotated[
    str, typer.Option(help='The file to write; "-" for standard output.', metavar="FILE|-")
]
Organisation = Annotated[
    str | None,
    typer.Option(help="Only people whom this organisation looks after.", metavar="KEY"),
]
ReadersLanguage = Annotated[
    Language | None,
    typer.Option(
        help="The language of titles and labels in XLSX; else the organisation's or blueprint's."
    ),
]


@app.callback()
def export() -> None:
    """Write the living database into a file.

    The file appears whole or not at all; one that is there is replaced.
    Each use is noted in the log.
    """


@app.command()
def people(
    format_: Format,
    output: Output,
    organisation: Organisation = None,
    language: ReadersLanguage = None,
    separator: Separator = None,
) -> None:
    """One row a person: profile, consents, and what they answered.

    Several values are joined by ";" in CSV and XLSX and are lists in JSON
    and Parquet. Keys stand in the data, labels in XLSX, where a second
    sheet explains the columns.

    \b
    Examples:
      domov export people --format xlsx --output people.xlsx --language sk
      domov export people --format csv --output - --organisation cike | head
    """
    export_to("people", format_, output, organisation, language, separator)


@app.command()
def answers(
    format_: Format,
    output: Output,
    organisation: Organisation = None,
    language: ReadersLanguage = None,
    separator: Separator = None,
) -> None:
    """One row an answer: person, survey, round, question, value and day.

    \b
    Examples:
      domov export answers --format parquet --output answers.parquet
      domov export answers --format csv --output answers.csv --organisation bsc_kranj
    """
    export_to("answers", format_, output, organisation, language, separator)
