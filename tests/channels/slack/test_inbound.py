"""What a person does in Slack reaches the turn in Domov's words, over both ways in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.channels.slack.channel import SlackChannel
from bot.channels.slack.inbound import read
from bot.incoming import Attachment, Command, Edited, Opened, Press, Submitted, Text
from bot.outgoing import Action
from messages.message import Field, Kind, Link, Message
from tests.channels.slack.conftest import Turn, connected
from tests.channels.slack.making import asking, options, to, window, words
from tests.fakes.slack import SlackServer
from tests.fakes.slack.delivery import ACK_SECONDS
from tests.fakes.slack.state import BOT_USER
from tests.waiting import PATIENCE, idle, jump, until


async def test_message_carries_who_and_where(
    either: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1", locale="sl-SI", tz="Europe/Ljubljana", name="ana")
    delivery = await ana.send("hello")
    (heard,) = await turn.until(1)
    assert heard.said == Text("hello")
    assert (heard.channel, heard.account, heard.user) == ("slack", "T0DOMOV", "U1")
    assert heard.chat == ana.chat
    assert (heard.locale, heard.timezone, heard.username) == ("sl-SI", "Europe/Ljubljana", "ana")
    assert heard.event_id == delivery.payload["event_id"]
    assert abs((heard.at - datetime.now(UTC)).total_seconds()) < PATIENCE
    assert heard.can == {"edit", "form", "home", "file"}
    assert (await delivery.done()).acknowledged


async def test_message_text_comes_as_typed(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    typed = "a <b> & c *d* _e_ <!here> @channel https://x.org/?a=1&b=2 me@x.org =1+1 `f`"
    await server.user("U1").send(typed)
    assert [h.said for h in await turn.until(1)] == [Text(typed)]


async def test_command_splits_word_and_rest(
    either: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    for text in ("", "help", "Pause until May 3", "/language sk"):
        await (await ana.command("/domov", text)).done()
    assert turn.said == [
        Command("start"),
        Command("help"),
        Command("pause", "until May 3"),
        Command("language", "sk"),
    ]
    assert all(heard.trigger for heard in turn.heard)
    assert len({heard.event_id for heard in turn.heard}) == 4


async def test_command_elsewhere_leads_to_the_own_chat(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    """A D… channel of a command may be a chat with somebody else."""
    ana = server.user("U1")
    await (await ana.command(channel="D0SOMEBODYELSE")).done()
    assert turn.heard[0].chat == ana.chat
    assert turn.heard[0].where == "channel"
    await (await ana.send("hi")).done()
    await (await ana.command(channel="D0SOMEBODYELSE")).done()
    assert turn.heard[2].chat == ana.chat


async def test_typed_slash_is_a_command(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    await server.user("U1").send(" /help me")
    assert [h.said for h in await turn.until(1)] == [Command("help", "me")]


async def test_opening_the_app_is_told_by_tab(
    either: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    await (await ana.open_home()).done()
    await (await ana.open_chat()).done()
    assert turn.said == [Opened("home"), Opened("chat")]
    assert turn.heard[0].chat == ana.chat


async def test_opening_a_chat_where_something_stands_is_no_event(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    """Whatever the bot said there before would only be said again."""
    ana, bea = server.user("U1"), server.user("U2")
    for _ in range(5):
        await (await ana.open_chat()).done()
    assert turn.said == [Opened("chat")]
    server.workspace.post(bea.chat, BOT_USER, "Said by another process")
    await (await bea.open_chat()).done()
    assert len(turn.said) == 1


async def test_opening_a_chat_is_no_event_while_nobody_knows_what_stands_there(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    server.faults.plan("429", "conversations.history", seconds=600)
    for _ in range(5):
        await (await ana.open_chat()).done()
    assert turn.said == []
    await (await ana.open_home()).done()
    assert turn.said == [Opened("home")]
    assert server.counts["conversations.history"] == 0


async def test_uploads_are_attachments_with_caption(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    for name, kind in (
        ("me.jpg", "image/jpeg"),
        ("v.mp4", "video/mp4"),
        ("a.m4a", "audio/mp4"),
        ("cv.pdf", "application/pdf"),
    ):
        await (await ana.upload(name, kind, caption=f"my {name}")).done()
    assert turn.said == [
        Attachment("photo", "my me.jpg"),
        Attachment("video", "my v.mp4"),
        Attachment("voice", "my a.m4a"),
        Attachment("document", "my cv.pdf"),
    ]


async def test_edited_message_is_edited(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    await (await ana.send("Berln")).done()
    await (await ana.edit("Berlin & Bonn")).done()
    assert turn.said == [Text("Berln"), Edited("Berlin & Bonn")]


async def test_own_messages_and_their_edits_are_not_heard(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    sent = await channel.send(to(ana, Message(words("Hello"))))
    await channel.send(to(ana, Message(words("Hi")), action=Action.EDIT, target=sent))
    await server.post.idle()
    assert [d.payload["event"].get("subtype") for d in server.post.deliveries] == [
        None,
        "message_changed",
    ]
    assert all(d.acknowledged for d in server.post.deliveries)
    assert turn.heard == []


async def test_button_brings_ref_press_message_and_trigger(
    either: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    sent = await either.send(to(ana, asking(Kind.CHOICE, options("Yes", "No"))))
    delivery = await (await ana.press("Yes")).done()
    (heard,) = turn.heard
    assert heard.said == Press("7.0.q", "+yes")
    assert heard.message == sent == f"{ana.chat}:{ana.replies[0].ts}"
    assert heard.trigger == delivery.payload["trigger_id"] == heard.event_id
    assert heard.chat == ana.chat


async def test_link_button_is_acknowledged_and_not_heard(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    link = Link("Read more", "https://example.org/")
    await channel.send(to(ana, Message(words("See"), links=(link,))))
    delivery = await (await ana.press("Read more")).done()
    assert delivery.acknowledged
    assert turn.heard == []


async def test_home_press_has_no_message(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    home = asking(Kind.BUTTONS, options("Answer"), text="Your card")
    await channel.send(to(ana, home, action=Action.HOME))
    await (await ana.press("Answer", on="home")).done()
    (heard,) = turn.heard
    assert (heard.said, heard.message) == (Press("7.0.q", "+answer"), None)
    assert heard.trigger


async def test_submission_is_answered_by_closing(
    either: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    await either.send(to(ana, asking(Kind.CHOICE, options("Fill in"))))
    await (await ana.press("Fill in")).done()
    form = window(Field("name", Kind.TEXT, "Name", required=True))
    await either.send(to(ana, form, action=Action.FORM, trigger=turn.heard[0].trigger))
    await ana.submit_modal({"Name": "Ana <b> & :co:"})
    assert turn.said[1] == Submitted("7.0.form", {"name": ("Ana <b> & :co:",)})
    assert (ana.modals, ana.troubles, ana.modal_errors) == ([], [], {})


async def test_removal_is_acknowledged_and_not_heard(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    server.uninstall()
    await server.post.idle()
    assert [d.acknowledged for d in server.post.deliveries] == [True, True]
    assert turn.heard == []


async def test_profile_is_asked_once_a_day(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    for number in range(3):
        await ana.send(str(number))
    await turn.until(3)
    assert server.counts["users.info"] == 1
    assert server.called("users.info")[0]["include_locale"] == "1"


async def test_slow_profile_does_not_hold_an_event_up(
    server: SlackServer, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    async with connected(server, turn):
        server.faults.plan("hang", "users.info")
        delivery = await server.user("U1").send("hello")
        await until(lambda: not server.faults.planned)
        await idle()
        assert turn.heard == []
        jump(ACK_SECONDS / 2)  # leaves as much for the turn
        await idle()
        (heard,) = turn.heard
        assert (heard.said, heard.locale) == (Text("hello"), None)
        assert (await delivery.done()).acknowledged
        assert len(delivery.attempts) == 1
        await (await server.user("U1").send("again")).done()
        assert server.counts["users.info"] == 0  # not asked before every message


def test_unknown_payloads_say_nothing() -> None:
    bodies: list[dict[str, object]] = [
        {},
        {"type": "shortcut", "user": {"id": "U1"}},
        {"type": "block_actions", "user": {"id": "U1"}, "actions": []},
        {"type": "block_actions", "user": {"id": "U1"}, "actions": [{"type": "overflow"}]},
        {"type": "view_submission", "user": {"id": "U1"}, "view": {"id": "V1"}},
        {"event_id": "E1", "event": {"type": "user_change", "user": {"id": "U1"}}},
        {"event_id": "E1", "event": {"type": "message", "channel_type": "channel", "user": "U1"}},
        {"event_id": "E1", "event": {"type": "message", "channel_type": "im", "user": "USLACKBOT"}},
        {
            "event_id": "E1",
            "event": {"type": "message", "channel_type": "im", "subtype": "message_deleted"},
        },
    ]
    assert [read(body) for body in bodies] == [None] * len(bodies)


@pytest.mark.parametrize(
    "about",
    [
        {"bot_id": "B1"},
        {"bot_id": "B1", "subtype": "bot_message"},
        {"bot_id": "B1", "subtype": "me_message"},
        {"bot_id": "B1", "files": [{"mimetype": "image/png"}]},
        {
            "subtype": "message_changed",
            "message": {"user": "U1", "bot_id": "B1", "text": "hi", "edited": {"user": "B1"}},
            "previous_message": {"text": "h"},
        },
        {"channel_type": "channel"},
        {"channel_type": "mpim"},
        {"channel_type": "group"},
        {"channel_type": None},
        {"channel_type": "channel", "files": [{"mimetype": "image/png"}]},
        {"user": None},
        {"subtype": "channel_join"},
    ],
)
def test_only_a_persons_words_in_the_own_chat_are_heard(about: dict[str, object]) -> None:
    """Two bots that answered each other would never end, and one that read along in a channel
    would store what others say there."""
    said = {"type": "message", "channel_type": "im", "user": "U1", "text": "hi", "channel": "D1"}
    heard = read({"event_id": "E1", "event": said})
    assert heard is not None
    assert heard.said == Text("hi")
    assert read({"event_id": "E1", "event": {**said, **about}}) is None


def test_press_without_trigger_has_a_stable_event_id() -> None:
    body = {
        "type": "block_actions",
        "user": {"id": "U1"},
        "actions": [
            {"type": "button", "action_id": "a", "value": "q:yes", "action_ts": "1700000000.1"}
        ],
    }
    first, second = read(body), read(dict(body))
    assert first is not None
    assert first == second
    assert len(first.event_id) == 40
    assert first.at == datetime.fromtimestamp(1700000000.1, UTC)


async def test_done_counts_what_is_ticked_on_the_screen(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    """A tick whose own event got lost is seen by the person, and so by the app."""
    ana = server.user("U1")
    await channel.send(to(ana, asking(Kind.MULTI, options("a", "b", "c"))))
    turn.failures = 1
    lost = await ana.tick("a")
    await until(lambda: not turn.failures)
    await idle()
    assert not lost.acknowledged
    await ana.tick("c")
    await ana.press("Done")
    await ana.press("Back")
    expected = [Press("7.0.q", "*a,c"), Press("7.0.q", "*a,c!done"), Press("7.0.q", "!back")]
    assert [heard.said for heard in await turn.until(3)] == expected


async def test_done_without_anything_to_tick_is_done(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    await channel.send(to(ana, asking(Kind.RANK, options("a", "b", "c"))))
    await ana.press("Done")
    assert [heard.said for heard in await turn.until(1)] == [Press("7.0.q", "!done")]
