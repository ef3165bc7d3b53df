"""The command ``domov demo``."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.demo.filling import fill_in


def demo(
    seed: Annotated[int, typer.Option(help="Another number gives other people.", metavar="N")] = 1,
    residents: Annotated[
        int,
        typer.Option(
            "--locals", min=0, max=1000, help="So many of the region itself.", metavar="N"
        ),
    ] = 0,
    yes: Annotated[
        bool, typer.Option("--yes", help="Even where real people are in the database.")
    ] = False,
) -> None:
    """Fill the database with believable people who do not exist.

    As many as the blueprint's targets say (for Expats for home 10 in the
    country and 10 abroad for each partner), with consents and answers to all
    surveys, and mentors' offers; with --locals also people who live in the
    region, some of whom ask for a mentor.

    Their addresses are at example.org and the like: nothing can reach
    anybody. They are marked by the channel "demo"; a second run adds none.

    \b
    Examples:
      domov migrate && domov demo
      domov demo --seed 7 --locals 8
    """
    fill_in(seed, residents, sure=yes)
