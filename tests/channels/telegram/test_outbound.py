"""Messages over real HTTP to a server that refuses what Telegram refuses."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.outgoing import (
    Action,
    Moved,
    NotSent,
    Outgoing,
    Refusing,
    Rejected,
    SendError,
    TooFast,
    Unknown,
    Unreachable,
)
from messages.message import (
    File,
    Kind,
    Link,
    Listing,
    Message,
    Option,
    Paragraph,
    Rich,
    Span,
    Widget,
)
from tests.fakes.telegram import TelegramServer, User
from tests.waiting import idle, jump, until

ODD = '<b>&amp; "ľ" *x* @here =1+1 😀 \u200f</b> 1 < 2'


@pytest.fixture
def anna(server: TelegramServer) -> User:
    anna = server.user(7, "Anna")
    anna.open()
    return anna


def text(words: str) -> Rich:
    return (Paragraph((Span(words),)),)


def choice(*labels: str) -> Widget:
    return Widget(Kind.CHOICE, "q", tuple(Option(x, f"t{x}", x) for x in labels))


def out(
    message: Message | str,
    action: Action = Action.SEND,
    target: str | None = None,
    delivery: int = 0,
    chat: str = "7",
) -> Outgoing:
    if isinstance(message, str):
        message = Message(text(message))
    return Outgoing(action, chat, chat, message, target=target, delivery=delivery)


async def test_message_arrives_as_written_with_its_buttons(
    channel: TelegramChannel, anna: User, server: TelegramServer
) -> None:
    rich = (
        Paragraph((Span("Tučné ", bold=True), Span(ODD), Span(ODD, italic=True, code=True))),
        Listing(((Span("a"),), (Span("b", href="https://a.sk/?x=1&y=2"),))),
    )
    message = Message(rich, widget=choice("áno", "nie"), links=(Link("Web", "https://a.sk"),))
    number = await channel.send(out(message))
    shown = await anna.expect()
    assert str(shown.id) == number
    assert shown.text.count(ODD) == 2
    assert shown.buttons == ["áno", "nie", "Web"]
    assert shown.options["link_preview_options"] == {"is_disabled": True}
    assert channel.last_contact is not None


async def test_edit_changes_the_message_in_place(channel: TelegramChannel, anna: User) -> None:
    number = await channel.send(out(Message(text("one"), widget=choice("x"))))
    assert await channel.send(out("two", Action.EDIT, number)) == number
    assert [(shown.text, shown.buttons) for shown in anna.chat] == [("two", [])]


async def test_edit_to_the_same_counts_as_sent(
    channel: TelegramChannel, anna: User, server: TelegramServer
) -> None:
    number = await channel.send(out("one"))
    assert await channel.send(out("one", Action.EDIT, number)) == number
    assert server.called("editMessageText")[0].code == 400
    assert len(anna.chat) == 1


async def test_edit_of_a_message_that_is_gone_sends_a_new_one(
    channel: TelegramChannel, anna: User
) -> None:
    assert await channel.send(out("two", Action.EDIT, "99")) == str(anna.last.id)
    own = await anna.send("my own")
    await channel.send(out("three", Action.EDIT, str(own.id)))
    await channel.send(out("four", Action.EDIT, None))
    assert [shown.text for shown in anna.chat if shown.by_bot] == ["two", "three", "four"]


async def test_edit_of_a_file_changes_its_caption(channel: TelegramChannel, anna: User) -> None:
    file = File("data.json", "application/json", "{}")
    number = await channel.send(out(Message(text("data"), file=file)))
    await channel.send(out("two", Action.EDIT, number))
    assert [shown.text for shown in anna.chat] == ["two"]


async def test_file_goes_with_its_caption_and_buttons(channel: TelegramChannel, anna: User) -> None:
    file = File('údaje "Anna".json', "application/json", '{"name": "Ľudmila"}')
    await channel.send(out(Message(text(ODD), file=file, widget=choice("x"))))
    (shown,) = anna.chat
    assert shown.document is not None
    assert shown.document.name == "údaje %22Anna%22.json"
    assert shown.document.media_type == "application/json"
    assert shown.document.content.decode() == file.text
    assert (shown.text, shown.buttons) == (ODD.strip(), ["x"])


async def test_file_with_a_long_text_follows_it(channel: TelegramChannel, anna: User) -> None:
    file = File("data.json", "application/json", "{}")
    await channel.send(out(Message(text("x" * 1025), file=file, widget=choice("x"))))
    before, after = anna.chat
    assert (before.document, before.buttons, len(before.text)) == (None, [], 1025)
    assert (after.text, after.buttons, after.document is not None) == ("", ["x"], True)


async def test_long_text_comes_in_parts_with_the_buttons_below_the_last(
    channel: TelegramChannel, anna: User
) -> None:
    words = " ".join(f"slovo{number}" for number in range(1500))
    number = await channel.send(out(Message(text(words), widget=choice("x"))))
    assert " ".join(shown.text for shown in anna.chat) == words
    assert [shown.buttons for shown in anna.chat] == [[]] * (len(anna.chat) - 1) + [["x"]]
    assert number == "+".join(str(shown.id) for shown in anna.chat)


async def test_long_text_sent_again_goes_on_where_it_stopped(
    channel: TelegramChannel, anna: User, server: TelegramServer
) -> None:
    words = " ".join(f"slovo{number}" for number in range(1000))
    long = out(Message(text(words)), delivery=5)
    server.inject("too_fast", method="sendMessage", after=1)
    with pytest.raises(TooFast):
        await channel.send(long)
    assert len(anna.chat) == 1
    await channel.send(long)
    assert " ".join(shown.text for shown in anna.chat) == words


@pytest.mark.parametrize("action", [Action.FORM, Action.HOME])
async def test_windows_and_home_pages_are_refused(
    channel: TelegramChannel, anna: User, action: Action
) -> None:
    with pytest.raises(Rejected, match=f"no {action}"):
        await channel.send(out("x", action))
    assert anna.chat == []


async def test_message_that_cannot_be_written_is_rejected(
    channel: TelegramChannel, anna: User
) -> None:
    with pytest.raises(Rejected, match="empty"):
        await channel.send(out(Message(())))
    with pytest.raises(Rejected, match="64 bytes"):
        await channel.send(out(Message(text("x"), widget=choice("č" * 33))))


async def test_people_who_left_are_unreachable(
    channel: TelegramChannel, server: TelegramServer, anna: User
) -> None:
    server.user(8, "Stranger")
    await anna.block()
    for chat in ("7", "8", "9"):
        with pytest.raises(Unreachable):
            await channel.send(out("x", chat=chat))
    await anna.unblock()
    anna.deactivate()
    with pytest.raises(Unreachable):
        await channel.send(out("x"))


@pytest.mark.parametrize(
    ("trouble", "conditions", "error", "arrived"),
    [
        ("drop_before", {}, Unknown, 0),
        ("drop_after", {}, Unknown, 1),
        ("cut", {}, Unknown, 1),
        ("garbage", {}, Unknown, 1),
        ("status", {"status": 502}, Unknown, 0),
        ("status_after", {"status": 500}, Unknown, 1),
        ("error", {"status": 400, "description": "Bad Request: message is odd"}, Rejected, 0),
        ("error", {"status": 401, "description": "Unauthorized"}, Refusing, 0),
        ("error", {"status": 403, "description": "Forbidden: user is deactivated"}, Unreachable, 0),
        ("error", {"status": 400, "description": "Bad Request: PEER_ID_INVALID"}, Unreachable, 0),
        ("error", {"status": 429, "description": "Too Many Requests"}, TooFast, 0),
        ("too_fast", {"seconds": 7}, TooFast, 0),
    ],
)
async def test_trouble_says_what_became_of_the_message(
    channel: TelegramChannel,
    server: TelegramServer,
    anna: User,
    trouble: str,
    conditions: dict[str, int | str],
    error: type[SendError],
    arrived: int,
) -> None:
    server.inject(trouble, method="sendMessage", **conditions)
    with pytest.raises(error) as raised:
        await channel.send(out("x"))
    assert len(anna.chat) == arrived
    if trouble == "too_fast":
        assert isinstance(raised.value, TooFast)
        assert (raised.value.seconds, raised.value.everyone) == (7, False)


async def test_chat_that_moved_tells_where_to(
    channel: TelegramChannel, server: TelegramServer, anna: User
) -> None:
    server.inject(
        "error",
        status=400,
        description="Bad Request: group chat was upgraded to a supergroup chat",
        parameters={"migrate_to_chat_id": -1001},
    )
    with pytest.raises(Moved) as moved:
        await channel.send(out("x"))
    assert moved.value.chat == "-1001"


async def test_no_connection_means_not_sent_and_the_next_try_arrives(
    channel: TelegramChannel, server: TelegramServer, anna: User
) -> None:
    await channel.send(out("one"))
    await server.go_offline()
    with pytest.raises(NotSent):
        await channel.send(out("two"))
    await server.start()
    await channel.send(out("three"))
    assert [shown.text for shown in anna.chat] == ["one", "three"]


async def test_answer_that_never_comes_is_unknown(server: TelegramServer, anna: User) -> None:
    async def nothing(incoming: object) -> None: ...

    channel = TelegramChannel(server.token, server.url, nothing, read_timeout=10.0)
    server.inject("hang_after")
    sending = asyncio.create_task(channel.send(out("x")))
    await until(lambda: len(anna.chat) == 1)
    jump(10.0)
    await idle()
    assert sending.done()
    with pytest.raises(Unknown):
        await sending
    await channel.stop()


async def test_second_chat_told_to_wait_means_everybody_waits(
    channel: TelegramChannel, server: TelegramServer, anna: User
) -> None:
    server.user(8, "Boris").open()
    server.inject("too_fast", seconds=1, times=3)
    told = []
    for chat in ("7", "7", "8"):
        with pytest.raises(TooFast) as raised:
            await channel.send(out("x", chat=chat))
        told.append(raised.value.everyone)
    assert told == [False, False, True]


async def test_telegram_can_be_asked_whether_it_knows_the_bot(
    channel: TelegramChannel, server: TelegramServer
) -> None:
    await channel.probe()
    server.inject("error", method="getMe", status=401, description="Unauthorized", times=1)
    with pytest.raises(Refusing) as refused:
        await channel.probe()
    assert server.token.partition(":")[2] not in str(refused.value)
    await channel.probe()
    assert channel.last_contact is not None


async def test_an_answer_quotes_what_it_answers_once_and_only_where_it_is_known(
    channel: TelegramChannel, server: TelegramServer, anna: User
) -> None:
    """A message that was deleted meanwhile holds no answer up."""
    said = await anna.send("Is there parking?")
    long = tuple(Paragraph((Span(f"{number} " + "yes " * 500),)) for number in range(4))
    for text, quoted in (
        (long, str(said.id)),
        (long[:1], "99999"),
        (long[:1], "C1.2"),
        (long[:1], None),
    ):
        message = Message(text, quoted=quoted)
        await channel.send(Outgoing(Action.SEND, str(anna.id), str(anna.id), message))
    calls = [call.params.get("reply_parameters") for call in server.called("sendMessage")]
    assert calls[0] == {"message_id": said.id, "allow_sending_without_reply": True}
    assert set(map(bool, calls[1:-3])) == {False}
    assert calls[-3] == {"message_id": 99999, "allow_sending_without_reply": True}
    assert calls[-2:] == [None, None]
