"""``domov blueprint``: look a region's file over before it is used."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from blueprints.load import BlueprintError, load, warnings

if TYPE_CHECKING:
    from blueprints.schema import Blueprint

app = typer.Typer(no_args_is_help=True, help="A region as data.")


@app.callback()
def blueprint() -> None:
    """A region as data: see docs/blueprint.md."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The blueprint, a TOML file.", metavar="FILE")],
) -> None:
    """Name everything that is wrong with a blueprint, or say what is in it.

    Exit code 0: it can be used (remarks are not problems); 1: it cannot; 2: wrong usage.

    \b
    Example:
      domov blueprint check my-region.toml
    """
    try:
        found = load(file)
    except BlueprintError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"OK: {file}")
    for line in summary(found):
        typer.echo(f"  {line}")
    for remark in warnings(found):
        typer.echo(f"  Remark: {remark}")


def summary(found: Blueprint) -> Iterable[str]:
    """A few lines on what a blueprint holds."""
    organisations = ", ".join(f"{each.name} ({each.key})" for each in found.organisations)
    yield f"{found.programme.name[found.language]}, notice {found.programme.notice_version}"
    yield f"Languages: {', '.join(found.languages)}"
    yield f"Organisations: {organisations}"
    yield f"Regions: {', '.join(each.key for each in found.regions)}"
    yield f"Lists: {len(found.skills)} skills, {len(found.formats)} formats, " + (
        f"{len(found.fields)} fields of work"
    )
    for survey in found.surveys:
        count = len(survey.questions)
        asked = ", ".join(survey.personas)
        yield (
            f"Survey {survey.key}, round {survey.round}: {count} "
            f"question{'s' if count != 1 else ''} for {asked}"
        )
    for target in found.targets:
        yield (
            f"Target of {target.organisation}: {target.domestic} in the country, "
            f"{target.international} abroad"
        )
