"""What ``domov audience`` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import orjson
import typer

from bot.cli.chat.screen import safe
from bot.cli.opening import Opened, opened
from bot.cli.options import ListFormat
from bot.cli.staff import read_about
from bot.cli.tabular import show
from bot.now import now
from bot.settings import sending_channels
from outreach.audience import Counted, count, remarks, saved
from outreach.audience.fields import Field, fields_of
from outreach.audience.values import known
from outreach.staff import console_actor, log
from storage import audiences

LABELS = {
    "no_consent": "no consent to invitations",
    "paused": "paused",
    "unreachable": "unreachable",
    "over_budget": "got enough messages this week",
}
NOT_COUNTED = "People of other organisations are counted only where they agreed to be seen."
LIST_TITLES = {
    "key": "Key",
    "organisation": "Organisation",
    "filter": "Who",
    "created_at": "Saved (UTC)",
}
FIELD_TITLES = {"field": "Field", "meaning": "What", "example": "Example", "values": "Values"}


def count_audience(text: str, organisation: str | None, *, as_json: bool) -> None:
    """Print how many an audience has."""
    with opened() as house:
        house.organisation(organisation)
        _count(house, text, organisation, as_json=as_json)


def _count(house: Opened, text: str, organisation: str | None, *, as_json: bool) -> None:
    channels = sending_channels(house.settings)
    with house.database.reading() as tx:
        doubts = remarks(tx, text)
        counted = count(tx, text, house.blueprint, now(), organisation, channels)
    for doubt in doubts:
        typer.echo(f"Remark: {doubt}", err=True)
    if not channels:
        typer.echo("Remark: nobody is reachable: no platform has a token", err=True)
    if as_json:
        typer.echo(orjson.dumps(asdict(counted), option=orjson.OPT_INDENT_2).decode())
    else:
        _table(counted)
    read_about(
        "audience count", counted.matched, database=house.database, organisation=organisation
    )


def _table(counted: Counted) -> None:
    """Figures under one another, the reasons only where somebody is left out."""
    lines = [("fit", counted.matched)]
    lines += [(f"  {LABELS[why]}", -left) for why, left in counted.excluded.items() if left]
    lines.append(("would get a message now", counted.reachable))
    for each in (counted.languages, counted.channels):
        if len(each) > 1:
            lines += [(f"  {name}", people) for name, people in each.items()]
    width = max(len(label) for label, _ in lines)
    figures = max(len(f"{number:,}") for _, number in lines)
    for label, number in lines:
        typer.echo(f"{label:<{width}}  {number:>{figures},}")
    if counted.own:
        typer.echo(NOT_COUNTED, err=True)


def save_audience(key: str, text: str, organisation: str | None) -> None:
    """Save a text under a key."""
    actor, at = console_actor(), now()
    with opened() as house:
        house.organisation(organisation)
        with house.database.transaction() as tx:
            doubts = remarks(tx, text)
            row = saved.save(tx, key, text, house.blueprint, at, organisation)
            log(
                tx, actor, "audience.save", at,
                organisation=organisation, subject=f"audience:{row.key}",
                detail={"filter": row.filter},
            )  # fmt: skip
    for doubt in doubts:
        typer.echo(f"Remark: {doubt}", err=True)
    typer.echo(f"@{row.key}: {safe(row.filter) or 'everybody'}")


def list_audiences(format_: ListFormat) -> None:
    """Print the saved audiences."""
    with opened() as house, house.database.reading() as tx:
        rows = audiences.listed(tx)
    shown: list[Mapping[str, object]] = [asdict(row) for row in rows]
    show(shown, LIST_TITLES, format_)
    if not rows and format_ is ListFormat.TABLE:
        typer.echo('None is saved yet: domov audience save vienna "city:Vienna"')


def show_audience(key: str) -> None:
    """Print a saved audience with its count."""
    with opened() as house:
        with house.database.reading() as tx:
            row = saved.get(tx, key)
            needed = saved.users(tx, row.key)
        typer.echo(f"@{row.key}: {safe(row.filter) or 'everybody'}")
        if needed:
            typer.echo(f"needed by {', '.join(needed)}")
        _count(house, row.filter, row.organisation, as_json=False)


def delete_audience(key: str) -> None:
    """Forget a saved audience."""
    actor, at = console_actor(), now()
    with opened() as house, house.database.transaction() as tx:
        row = saved.delete(tx, key)
        log(
            tx, actor, "audience.delete", at,
            organisation=row.organisation, subject=f"audience:{row.key}",
            detail={"filter": row.filter},
        )  # fmt: skip
    typer.echo(f"@{row.key} is deleted. It was: {safe(row.filter) or 'everybody'}")


def list_fields(format_: ListFormat) -> None:
    """Print what an audience can be chosen by."""
    with opened() as house:
        fields = fields_of(house.blueprint).values()
        rows = [_field(field, known(field.key, house.blueprint)) for field in fields]
    show(rows, FIELD_TITLES, format_)


def _field(field: Field, values: Sequence[str]) -> Mapping[str, object]:
    example = field.example if field.example in values or not values else values[0]
    return {
        "field": field.key,
        "meaning": field.meaning,
        "example": f"{field.key}:{example}",
        "values": list(values),
    }
