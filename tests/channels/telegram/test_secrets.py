"""The token and the webhook's secret are in no log line and no exception, at any level."""

from __future__ import annotations

import asyncio
import io
import logging
import traceback
from collections.abc import Iterator

import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.outgoing import Action, Outgoing, SendError
from bot.redact import HIDDEN, Redact
from messages.message import File, Message, Paragraph, Span
from tests.channels.telegram.conftest import Turns
from tests.fakes.telegram import TOKEN, TelegramServer, Trouble
from tests.waiting import idle, jump

SECRET = "webhook-s3cret_of-ours"
READ_TIMEOUT = 10.0
TAIL = TOKEN.partition(":")[2]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged anywhere, at DEBUG, with tracebacks, unfiltered."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.parametrize("trouble", sorted(Trouble))
async def test_secrets_are_never_logged(
    server: TelegramServer, turns: Turns, log: io.StringIO, trouble: Trouble
) -> None:
    asyncio.get_running_loop().set_debug(True)  # tasks and transports are logged too
    anna = server.user(7)
    await anna.send("hello")
    raised: list[str] = []
    for url, secret in ((None, None), ("https://example.org/hook", SECRET)):
        channel = TelegramChannel(
            server.token,
            server.url,
            turns,
            webhook_url=url,
            webhook_secret=secret,
            read_timeout=READ_TIMEOUT,
            commands={"": [("a", "b")]},
        )
        file = File("x.json", "application/json", "{}")
        messages = [
            Message((Paragraph((Span("x"),)),)),
            Message((Paragraph((Span("x"),)),), file=file),
        ]
        await channel.start()
        await channel.registered()
        server.inject(trouble, times=None, seconds=1)
        for message in messages:
            for action in (Action.SEND, Action.EDIT):
                sending = asyncio.create_task(
                    channel.send(Outgoing(action, "7", "7", message, target="1"))
                )
                await idle()
                jump(READ_TIMEOUT)  # for those that do not answer
                try:
                    await sending
                except SendError as error:
                    raised += traceback.format_exception(error)
        await idle()
        server.clear_faults()
        await channel.stop()
        raised += [repr(channel), repr(channel.bot)]
    text = log.getvalue() + "".join(raised)
    assert "sendDocument" in text, "nothing was logged: this test sees nothing"
    assert TAIL not in text
    assert SECRET not in text


async def test_secrets_are_not_in_what_a_wrong_token_raises(
    server: TelegramServer, turns: Turns, log: io.StringIO
) -> None:
    channel = TelegramChannel(f"5:{TAIL}", server.url, turns)
    with pytest.raises(Exception) as raised:  # noqa: PT011  (whatever it is)
        await channel.start()
    await channel.stop()
    text = log.getvalue() + "".join(traceback.format_exception(raised.value))
    assert TAIL not in text


def logged(redact: Redact, *args: object, **options: object) -> str:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(redact)
    logger = logging.Logger("someone else's")
    logger.addHandler(handler)
    logger.error(*args, **options)  # type: ignore[arg-type]
    return written.getvalue()


def test_redact_hides_secrets_in_messages_and_arguments() -> None:
    redact = Redact([TOKEN, SECRET])
    text = logged(redact, "POST https://api.telegram.org/bot%s/x %s %d", TOKEN, SECRET, 5)
    assert text == f"POST https://api.telegram.org/bot{HIDDEN}/x {HIDDEN} 5\n"
    assert redact.text(f"half of it: {TAIL}") == f"half of it: {HIDDEN}"


def test_redact_hides_tokens_it_was_not_told_of() -> None:
    redact = Redact()
    assert redact.text(f"bot{TOKEN}/getMe") == f"bot{HIDDEN}/getMe"
    assert redact.text(TOKEN.replace(":", "%3A")) == HIDDEN
    assert redact.text("12:30 on 1700000000: all is well") == "12:30 on 1700000000: all is well"


def test_redact_hides_secrets_in_tracebacks() -> None:
    try:
        raise ValueError(f"cannot open bot{TOKEN}")
    except ValueError:
        text = logged(Redact([TOKEN]), "failed", exc_info=True, stack_info=True)
    assert "Traceback" in text
    assert TAIL not in text
