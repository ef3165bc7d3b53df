"""What is asked somewhere is answered there: in a window, a thread, to one person in a channel."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.channels.slack.channel import SlackChannel
from bot.incoming import Command, Incoming, Mention, Opened, Press, Submitted, Text
from bot.outgoing import Action, Outgoing
from messages.message import Fact, Field, Form, Kind, Look, Message, Option, Panel
from tests.channels.slack.conftest import Turn
from tests.channels.slack.making import asking, options, to, words
from tests.fakes.slack import SlackServer
from tests.waiting import idle, until

PICK = Option("a", "=a", "A")


def page(text: str = "Here", *panels: Panel, fields: tuple[Field, ...] = ()) -> Message:
    shown = (Panel(words(text), buttons=(PICK,)), *panels)
    return Message(words(text), form=Form("say", "Expats", "Send", "Close", fields), panels=shown)


def answers(channel: SlackChannel, turn: Turn, message: Message, **more: Any) -> None:
    """Answer whatever is heard with this message, there."""

    async def answer(heard: Incoming) -> None:
        if not isinstance(heard.said, Opened):
            await channel.send(
                Outgoing(
                    Action.SEND, heard.chat, heard.user, message,
                    trigger=heard.trigger, place=heard.place, **more,
                )
            )  # fmt: skip

    turn.then = answer


async def test_press_on_the_home_page_opens_a_window_and_goes_on_in_it(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    await channel.send(to(ana, page("At home"), action=Action.HOME))
    answers(channel, turn, page("In the window"))
    await (await ana.press("A", on="home")).done()
    await ana.expect("In the window")
    assert turn.heard[-1].where == "home"
    assert turn.said == [Press("m", "=a")]
    answers(channel, turn, page("And on"))
    await (await ana.press("A", on="window")).done()
    assert turn.heard[-1].where == "window"
    await ana.expect("And on")
    assert len(ana.modals) == 1
    assert ana.replies == []


async def test_words_typed_in_a_window_are_answered_in_it(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    field = Field("say", Kind.TEXT, "Your answer", required=True)
    await channel.send(to(ana, page("At home"), action=Action.HOME))
    answers(channel, turn, page("What is it?", fields=(field,)))
    await (await ana.press("A", on="home")).done()
    answers(channel, turn, page("Thank you"))
    await ana.submit_modal({"Your answer": "This"})
    assert turn.said[-1] == Submitted("say", {"say": ("This",)})
    await ana.expect("Thank you")
    assert len(ana.modals) == 1


async def test_late_press_is_answered_in_the_chat(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    """A window opens for three seconds; whoever closed it meanwhile reads on in the chat."""
    ana = server.user("U1")
    await channel.send(to(ana, page("At home"), action=Action.HOME))
    answers(channel, turn, page("In the window"))
    for trigger in server.workspace.triggers.values():
        trigger.used = True
    clock = server.workspace.clock
    await (await ana.press("A", on="home")).done()
    server.workspace.clock = lambda: clock() + 60
    await (await ana.press("A", on="window")).done()
    assert len(ana.modals) == 1
    ana.modals.clear()
    heard = turn.heard[-1]
    late = Outgoing(
        Action.SEND, heard.chat, heard.user, page("Too late"), trigger="7.7.u1", place=heard.place
    )
    await channel.send(late)
    assert "Too late" in ana.screen()


async def test_two_answers_to_one_press_share_its_window(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    await channel.send(to(ana, page("At home"), action=Action.HOME))
    answers(channel, turn, page("Counting"))
    await (await ana.press("A", on="home")).done()
    heard = turn.heard[-1]
    await channel.send(
        Outgoing(Action.SEND, heard.chat, heard.user, page("Counted"),
                 trigger=heard.trigger, place=heard.place)
    )  # fmt: skip
    await ana.expect("Counted")
    assert len(ana.modals) == 1


async def test_command_in_a_channel_is_answered_there_to_one_person(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    """Also where the bot is no member; a press on it changes it in place."""
    ana = server.user("U1")
    there = server.workspace.channel(invited=False)
    answers(channel, turn, page("Only for you"))
    await (await ana.command(text="menu", channel=there)).done()
    assert turn.said == [Command("menu")]
    assert turn.heard[0].where == "channel"
    answers(channel, turn, page("Changed"))
    await (await ana.press("A", on="whisper")).done()
    (shown,) = ana.whispers
    assert "Changed" in shown.text
    assert server.workspace.messages[there] == {}
    assert ana.replies == []


async def test_question_to_type_an_answer_to_opens_a_window_in_a_channel(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    field = Field("say", Kind.TEXT, "Your answer", required=True)
    answers(channel, turn, page("What is it?", fields=(field,)))
    await (await ana.command(text="x", channel=server.workspace.channel())).done()
    await ana.expect_modal("Expats")
    assert ana.whispers == []


async def test_mention_is_answered_in_its_thread(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    there = server.workspace.channel()
    first = server.workspace.post(there, ana.id, "Who knows?")
    answers(channel, turn, page("Only for you"))
    await (await ana.mention(there, "is it free?", thread=first.ts)).done()
    assert turn.said == [Mention("is it free?")]
    (shown,) = ana.whispers
    assert shown.thread == first.ts
    server.workspace.channels[there] = False
    await (await ana.mention(there, "and now?")).done()
    assert "Only for you" in ana.screen()  # no member any more: in the chat


async def test_thread_in_the_chat_is_answered_in_the_thread(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    await channel.send(to(ana, Message(words("Hello"))))
    answers(channel, turn, asking(Kind.BUTTONS, options("One")))
    await (await ana.send("why?", thread=ana.replies[0].ts)).done()
    assert turn.said == [Text("why?")]
    assert turn.heard[0].where == "chat"
    assert ana.replies[-1].thread == ana.replies[0].ts
    await (await ana.press("One")).done()
    assert ana.replies[-1].thread == ana.replies[0].ts


async def test_only_the_bot_s_own_arrival_in_a_channel_is_heard(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    there = server.workspace.channel(invited=False)
    joined = {"type": "member_joined_channel", "user": ana.id, "channel": there}
    await ana._event(joined).done()
    assert turn.heard == []
    await (await ana.invite_bot(there)).done()
    assert turn.said == [Opened("channel")]
    heard = turn.heard[0]
    hello = Outgoing(Action.SEND, heard.chat, heard.user, page("Hello all"), place=heard.place)
    await channel.send(hello)
    (posted,) = server.workspace.messages[there].values()
    assert "Hello all" in posted.text


async def test_page_is_headers_small_print_and_menus_with_placeholders(
    channel: SlackChannel, server: SlackServer
) -> None:
    ana = server.user("U1")
    panels = (
        Panel(words("Good to see you"), Look.HEADING),
        Panel(words("small *print*"), Look.SMALL),
        Panel(look=Look.RULE),
        Panel(words("Language"), choices=options("English", on=("English",)), hint="Language"),
        Panel(words("More"), more=options("One", "Two")),
        Panel(buttons=options("One", "Two", on=("One",)), more=options("Three")),
        Panel(words("Widget"), widget=asking(Kind.CHOICE, options(*"ABCDEFG")).widget),
    )
    await channel.send(to(ana, Message(words("x"), panels=panels), action=Action.HOME))
    assert ana.home is not None
    blocks = ana.home.view["blocks"]
    assert [block["type"] for block in blocks[:5]] == [
        "header", "context", "divider", "section", "section",
    ]  # fmt: skip
    assert blocks[1]["elements"][0]["type"] == "plain_text"  # its stars are no markup
    menus = [
        element
        for block in blocks
        for element in [*block.get("elements", []), block.get("accessory", {})]
        if element.get("type") == "static_select"
    ]
    assert len(menus) == 2
    assert all(menu["placeholder"]["text"].strip("…") for menu in menus)


async def test_card_in_a_channel_shows_each_reader_s_time_and_is_answered_there(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana, there = server.user("U1"), server.workspace.channel()
    starts = datetime(2026, 12, 31, 9, 0, tzinfo=UTC)
    facts = (Fact("When", "31 December <&> | 10:00", starts), Fact("Where", "Tabačka *1*"))
    answer = Panel(ref="@e7", buttons=(Option("going", "=going", "Going", "on"),))
    card = Message(words("Brunch"), panels=(Panel(facts=facts), answer))
    await channel.send(Outgoing(Action.SEND, there, "", card))
    (posted,) = server.workspace.messages[there].values()
    when, where = posted.blocks[0]["fields"]
    moment = "<!date^1798707600^{date_long_pretty}, {time}|31 December &lt;&amp;&gt; / 10:00>"
    assert when["text"] == f"*When*\n{moment}"
    assert where["type"] == "plain_text"  # what people typed is no markup
    answers(channel, turn, page("Your answer: going"))
    await (await ana.press("Going", message=posted)).done()
    assert turn.said == [Press("@e7", "=going")]
    assert turn.heard[0].where == "channel"
    assert turn.heard[0].message is None
    assert "Your answer" in ana.whispers[0].text
    assert len(server.workspace.messages[there]) == 1


async def test_shortcuts_open_a_window(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana, there = server.user("U1"), server.workspace.channel()
    answers(channel, turn, page("Ask"))
    await (await ana.shortcut("ask_domov")).done()
    message = server.workspace.post(there, ana.id, "Look")
    await ana.expect("Ask")
    await (await ana.shortcut("share_event", message)).done()
    assert turn.said == [Command("ask"), Command("staff", f"share_here.{there}")]
    assert {heard.where for heard in turn.heard} == {"home"}
    await (await ana.shortcut("another")).done()
    assert len(turn.heard) == 2


async def test_question_answered_in_words_loses_its_buttons(
    channel: SlackChannel, server: SlackServer
) -> None:
    ana = server.user("U1")
    await channel.send(to(ana, asking(Kind.TEXT, (), "Your name?")))
    first = ana.replies[0]
    await channel.send(to(ana, Message(words("News for everybody"))))
    assert [block["type"] for block in first.blocks] == ["rich_text", "actions"]
    await channel.send(to(ana, asking(Kind.TEXT, (), "Your town?")))
    await until(lambda: [block["type"] for block in first.blocks] == ["rich_text"])
    second = ana.replies[-1]
    assert [block["type"] for block in second.blocks] == ["rich_text", "actions"]
    # Not where it would have to wait: edits are everybody's.
    for _ in range(server.tiers.a_minute["chat.update"]):
        channel._sender._client.tiers._method("chat.update").begun.append(float("inf"))
    await channel.send(to(ana, asking(Kind.TEXT, (), "Your field?")))
    await idle()
    assert [block["type"] for block in second.blocks] == ["rich_text", "actions"]
