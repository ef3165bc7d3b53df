"""Staff see their commands in their own chats: set once, and taken back when they leave."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.channels.telegram.channel import TelegramChannel
from bot.staff_chats import KnownStaff
from storage import staff
from storage.database import Database
from tests.channels.telegram.conftest import Turns
from tests.fakes.chat import START
from tests.fakes.telegram import TelegramServer

Then = Callable[[TelegramChannel], Awaitable[None]]
COMMANDS = {"": [("staff", "For staff"), ("start", "Begin")], "sk": [("staff", "Pre tím")]}
OFFERED = {code: [{"command": c, "description": d} for c, d in COMMANDS[code]] for code in COMMANDS}


def employ(database: Database, member: str, language: str) -> int:
    """Somebody of the staff who is known on Telegram."""
    with database.transaction() as tx:
        number = staff.add(tx, f"Eva {member}", language, START)
        staff.set_role(tx, number, "cike", "viewer")
        staff.bind_member(tx, number, "telegram", "1", member, START)
        return number


def leave(database: Database, number: int) -> None:
    with database.transaction() as tx:
        staff.leave(tx, number, START)


def in_chats(server: TelegramServer) -> dict[str, object]:
    """Chat -> the commands that are offered in it alone."""
    return {
        scope.removeprefix("chat:"): commands
        for (scope, _), commands in server.bot.commands.items()
        if scope.startswith("chat:")
    }


async def run(
    database: Database, server: TelegramServer, turns: Turns, then: Then | None = None
) -> None:
    """A program from its start to its end; ``then`` when all is offered."""
    known = KnownStaff(database, "telegram", "1")
    channel = TelegramChannel(
        server.token, server.url, turns, staff_commands=COMMANDS, staff_chats=known
    )
    await channel.start()
    await channel.registered()
    await channel.staff_told()
    if then is not None:
        await then(channel)
    await channel.stop()


async def test_staff_get_theirs_once_and_lose_them_when_they_leave(
    database: Database, server: TelegramServer, turns: Turns
) -> None:
    eva, ivo = employ(database, "501", "sk"), employ(database, "502", "en")
    await run(database, server, turns)
    assert in_chats(server) == {"501": OFFERED["sk"], "502": OFFERED[""]}
    await run(database, server, turns)
    assert server.counts["setMyCommands"] == 2
    leave(database, eva)  # while the program is away
    await run(database, server, turns)
    assert in_chats(server) == {"502": OFFERED[""]}
    leave(database, ivo)
    await run(database, server, turns)
    await run(database, server, turns)
    assert in_chats(server) == {}
    assert server.counts["deleteMyCommands"] == 2


async def test_who_is_bound_by_a_code_sees_them_at_once(
    database: Database, server: TelegramServer, turns: Turns
) -> None:
    anna = server.user()

    async def bound(channel: TelegramChannel) -> None:
        employ(database, str(anna.id), "en")
        await anna.send("/staff AAAAA-BBBBB")
        await server.all_taken()
        await channel.staff_told()

    await run(database, server, turns, bound)
    assert in_chats(server) == {str(anna.id): OFFERED[""]}
