"""``domov deliveries``: what was planned and sent, held back and let go."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.delivering import cancel as give_up
from bot.cli.delivering import hold as hold_back
from bot.cli.delivering import list_deliveries
from bot.cli.delivering import release as let_go
from bot.cli.options import ListFormat

app = typer.Typer(no_args_is_help=True)

Broadcast = Annotated[str | None, typer.Option(help="Only those of this broadcast.", metavar="KEY")]
Event = Annotated[str | None, typer.Option(help="Only those about this event.", metavar="KEY")]
All = Annotated[bool, typer.Option("--all", help="All of them.")]
Sure = Annotated[bool, typer.Option("--yes", help="Do it without asking for the number.")]


@app.callback()
def deliveries() -> None:
    """Messages that the bot sends by itself: broadcasts, invitations, reminders, notices."""


@app.command(name="list")
def list_(
    state: Annotated[
        str | None,
        typer.Option(
            help="Only this state: queued, sending, sent, failed, unknown, expired, cancelled"
            " or held.",
            metavar="STATE",
        ),
    ] = None,
    broadcast: Broadcast = None,
    event: Event = None,
    limit: Annotated[int, typer.Option(help="At most so many; 0: all.", min=0, metavar="N")] = 100,
    format_: Annotated[
        ListFormat, typer.Option("--format", help="How to show them.")
    ] = ListFormat.TABLE,
) -> None:
    """List messages with their state and the reason, the newest first.

    What a message said is not kept once it is sent. People are numbers here.
    Each use is noted in the log.

    \b
    Examples:
      domov deliveries list --state unknown
      domov deliveries list --broadcast news-may --limit 0 --format csv > sent.csv
    """
    list_deliveries(state, broadcast, event, limit or None, format_)


@app.command()
def release(
    broadcast: Broadcast = None, event: Event = None, all_: All = False, yes: Sure = False
) -> None:
    """Let messages go that are held.

    They are held after an old backup was restored (they may have been sent
    since it was made) or with `domov deliveries hold`. What has expired
    meanwhile is not sent. Messages of a broadcast that is paused go on with
    `domov broadcast resume`. --all also ends the holding after a backup:
    what is planned from then on is sent.

    \b
    Examples:
      domov deliveries release --broadcast news-may
      domov deliveries release --all
    """
    let_go(broadcast, event, all_=all_, sure=yes)


@app.command()
def cancel(
    broadcast: Broadcast = None, event: Event = None, all_: All = False, yes: Sure = False
) -> None:
    """Give messages up that are held: they are never sent.

    For what went out already before an old backup was restored.

    \b
    Example:
      domov deliveries cancel --event brunch-nov
    """
    give_up(broadcast, event, all_=all_, sure=yes)


@app.command()
def hold(
    broadcast: Broadcast = None, event: Event = None, all_: All = False, yes: Sure = False
) -> None:
    """Hold messages that wait for their turn, until they are released.

    Replies are never held. What is planned later is not held by this.

    \b
    Example:
      domov deliveries hold --event brunch-nov
    """
    hold_back(broadcast, event, all_=all_, sure=yes)
