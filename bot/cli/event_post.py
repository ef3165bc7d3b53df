"""What ``domov event post`` does."""

from __future__ import annotations

import typer

from bot.cli.opening import opened
from bot.cli.options import Language
from bot.errors import Misuse
from bot.now import now
from bot.settings import Settings
from outreach.events import posting
from outreach.staff import console_actor
from storage import posts
from storage.transaction import Transaction


def post_event(
    key: str, telegram: str | None, slack: str | None, language: Language | None
) -> None:
    """Plan the post; the running program sends it."""
    if (telegram is None) == (slack is None):
        raise Misuse("say where: --telegram CHAT or --slack CHANNEL, one at a time")
    channel, chat = ("telegram", telegram) if telegram is not None else ("slack", slack)
    assert chat is not None  # noqa: S101 - one of them is there
    with opened() as house, house.database.transaction() as tx:
        account = _account(tx, channel, house.settings)
        posting.post(
            tx, key, channel, account, chat, console_actor(), now(), house.blueprint,
            language.value if language else "",
        )  # fmt: skip
    typer.echo(f"{key} is posted to {chat} as soon as domov run looks, within a second or two.")


def _account(tx: Transaction, channel: str, settings: Settings) -> str:
    """The bot or workspace to post with. Raises Misuse."""
    if channel == "telegram":
        if settings.telegram_bot_token is None:
            raise Misuse("--telegram: TELEGRAM_BOT_TOKEN is not set")
        return settings.telegram_bot_token.get_secret_value().partition(":")[0]
    if not settings.slack:
        raise Misuse("--slack: SLACK_BOT_TOKEN is not set")
    known = posts.accounts(tx, channel)
    if len(known) != 1:
        what = "nobody has written to the bot there yet" if not known else "there are several"
        raise Misuse(f"--slack: it is not known which workspace is meant ({what})")
    return known[0]
