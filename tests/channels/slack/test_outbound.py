"""What the bot says is taken by a strict Slack, looks as meant and stays what was typed."""

from __future__ import annotations

import pytest

from bot.channels.slack.channel import SlackChannel
from bot.channels.slack.outbound import parts
from bot.incoming import Press
from bot.outgoing import Action, Rejected, TooFast
from messages.message import File, Kind, Link, Listing, Message, Option, Span
from tests.channels.slack.conftest import Turn
from tests.channels.slack.making import BACK, DONE, asking, options, to, words
from tests.fakes.slack import SlackServer
from tests.waiting import jump

NASTY = "<!here> <@U1> & *b* _i_ ~s~ `c` :smile: <https://x.org|y> @channel &lt; =1+1 \u202e"


def many(count: int) -> tuple[Option, ...]:
    return options(*(f"Option {n}" for n in range(count)))


async def test_text_of_people_is_literal(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    line = (Span("You wrote "), Span(NASTY, bold=True))
    message = asking(Kind.BUTTONS, (Option("x", "+x", NASTY[:70]),), NASTY)
    message = Message((*message.text, Listing((line,))), widget=message.widget)
    await channel.send(to(ana, message))
    assert ana.screen() == f"{NASTY}\n• You wrote {NASTY}\n[{NASTY[:70]}]\n[Done]\n[Back]"
    (sent,) = server.called("chat.postMessage")
    assert (sent["mrkdwn"], sent["unfurl_links"], sent["unfurl_media"]) == (False, False, False)
    assert "<!here>" not in sent["text"]


async def test_send_gives_channel_and_ts(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    sent = await channel.send(to(ana, Message(words("Hello")), delivery=17))
    assert sent == f"{ana.chat}:{ana.replies[0].ts}"
    assert ana.replies[0].metadata == {
        "event_type": "domov_delivery",
        "event_payload": {"delivery": 17},
    }


async def test_send_outside_the_ledger_has_no_metadata(
    channel: SlackChannel, server: SlackServer
) -> None:
    ana = server.user("U1")
    await channel.send(to(ana, Message(words("Hello"))))
    assert ana.replies[0].metadata is None


@pytest.mark.parametrize("count", [1, 5])
async def test_few_choices_are_buttons(
    channel: SlackChannel, server: SlackServer, turn: Turn, count: int
) -> None:
    ana = server.user("U1")
    await channel.send(to(ana, asking(Kind.CHOICE, many(count))))
    await ana.press(f"Option {count - 1}")
    assert [h.said for h in await turn.until(1)] == [Press("7.0.q", f"+option_{count - 1}")]


@pytest.mark.parametrize("count", [6, 100])
async def test_more_choices_are_a_menu(
    channel: SlackChannel, server: SlackServer, turn: Turn, count: int
) -> None:
    ana = server.user("U1")
    await channel.send(to(ana, asking(Kind.CHOICE, many(count), placeholder="Pick one")))
    await ana.choose(f"Option {count - 1}")
    assert [h.said for h in await turn.until(1)] == [Press("7.0.q", f"+option_{count - 1}")]


async def test_very_many_choices_come_in_pages(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    await channel.send(to(ana, asking(Kind.CHOICE, many(250))))
    await ana.press("2/3 →")
    assert (await turn.until(1))[0].said == Press("7.0.q", ">1")
    await channel.send(to(ana, asking(Kind.CHOICE, many(250), page=2)))
    await ana.choose("Option 249")
    await ana.press("← 2/3")
    assert [h.said for h in (await turn.until(3))[1:]] == [
        Press("7.0.q", "+option_249"),
        Press("7.0.q", ">1"),
    ]


async def test_checkboxes_bring_all_that_is_ticked(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    labels = ("Talk", "Workshop", "Mentoring")
    await channel.send(to(ana, asking(Kind.MULTI, options(*labels, on=("Workshop",)))))
    await ana.tick("Mentoring")
    await ana.tick("Workshop")
    await ana.press("Done")
    assert [h.said for h in await turn.until(3)] == [
        Press("7.0.q", "*workshop,mentoring"),
        Press("7.0.q", "*mentoring"),
        Press("7.0.q", "*mentoring!done"),
    ]


async def test_unticking_everything_brings_an_empty_set(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    await channel.send(to(ana, asking(Kind.MULTI, options("Talk", "Debate", on=("Talk",)))))
    await ana.tick("Talk")
    assert (await turn.until(1))[0].said == Press("7.0.q", "*")


async def test_late_edit_keeps_a_newer_tick(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    labels = ("Talk", "Workshop", "Mentoring")
    sent = await channel.send(to(ana, asking(Kind.MULTI, options(*labels))))
    await ana.tick("Talk", "Workshop")
    after_the_first = asking(Kind.MULTI, options(*labels, on=("Talk",)))
    await channel.send(to(ana, after_the_first, action=Action.EDIT, target=sent))
    await ana.tick("Mentoring")
    assert (await turn.until(3))[2].said == Press("7.0.q", "*talk,workshop,mentoring")


@pytest.mark.parametrize("count", [11, 100])
async def test_many_to_tick_are_a_menu(
    channel: SlackChannel, server: SlackServer, turn: Turn, count: int
) -> None:
    ana = server.user("U1")
    on = ("Option 3",)
    given = options(*(f"Option {n}" for n in range(count)), on=on)
    await channel.send(to(ana, asking(Kind.MULTI, given)))
    await ana.multi("Option 3", "Option 10")
    assert (await turn.until(1))[0].said == Press("7.0.q", "*option_3,option_10")


async def test_too_many_to_tick_are_buttons_in_pages(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    given = options(*(f"Option {n}" for n in range(101)), on=("Option 3",))
    await channel.send(to(ana, asking(Kind.MULTI, given)))
    assert "[☑ Option 3]" in ana.screen()
    await ana.press("Option 4")
    assert (await turn.until(1))[0].said == Press("7.0.q", "+option_4")


@pytest.mark.parametrize("count", [3, 15, 60])
async def test_ranks_are_buttons_with_their_place(
    channel: SlackChannel, server: SlackServer, turn: Turn, count: int
) -> None:
    ana = server.user("U1")
    given = (Option("a", "-a", "Empathy", "2"), Option("b", "-b", "Focus", "1"), *many(count))
    await channel.send(to(ana, asking(Kind.RANK, given, maximum=3)))
    assert "[2. Empathy]\n[1. Focus]\n[Option 0]" in ana.screen()
    await ana.press("Empathy")
    assert (await turn.until(1))[0].said == Press("7.0.q", "-a")


@pytest.mark.parametrize("count", [2, 11, 45])
async def test_ratings_are_a_menu_for_each_option(
    channel: SlackChannel, server: SlackServer, turn: Turn, count: int
) -> None:
    ana = server.user("U1")
    levels = (Option("yes", "", "Like"), Option("maybe", "", "Possible"), Option("no", "", "No"))
    first = Option("talk", "+talk~yes", "TED-style talk", "maybe")
    given = (first, *many(count))
    await channel.send(to(ana, asking(Kind.RATING, given, levels=levels)))
    assert "{TED-style talk: ☐ Like ☑ Possible ☐ No}" in ana.screen()
    await ana.choose("No", beside="Option 1")
    await ana.choose("Like", beside="TED")
    assert [h.said for h in await turn.until(2)] == [
        Press("7.0.q", "*option_1~no"),
        Press("7.0.q", "*talk~yes"),
    ]


async def test_text_question_has_controls_alone(channel: SlackChannel, server: SlackServer) -> None:
    ana = server.user("U1")
    await channel.send(to(ana, asking(Kind.TEXT, (), "Your name?", controls=(BACK,))))
    assert ana.screen() == "Your name?\n[Back]"


async def test_links_are_buttons(channel: SlackChannel, server: SlackServer) -> None:
    ana = server.user("U1")
    links = (Link("Privacy", "https://example.org/p"), Link("About", "https://example.org/a"))
    message = asking(Kind.BUTTONS, options("Menu"), controls=(DONE,))
    await channel.send(to(ana, Message(message.text, widget=message.widget, links=links)))
    assert ana.screen() == "Which?\n[Menu]\n[Privacy]\n[About]\n[Done]"


async def test_long_labels_are_shortened(channel: SlackChannel, server: SlackServer) -> None:
    ana = server.user("U1")
    await channel.send(to(ana, asking(Kind.CHOICE, (Option("a", "+a", "ž" * 200),))))
    assert f"[{'ž' * 74}…]" in ana.screen()


async def test_long_text_comes_in_parts_with_the_buttons_last(
    channel: SlackChannel, server: SlackServer
) -> None:
    ana = server.user("U1")
    text = " ".join(f"word{n}" for n in range(4000))
    message = asking(Kind.CHOICE, many(100), text)
    sent = await channel.send(to(ana, message, delivery=5))
    assert len(ana.replies) == len(parts(message)) > 1
    assert sent == "+".join(f"{ana.chat}:{reply.ts}" for reply in ana.replies)
    assert [bool(m.metadata) for m in ana.replies] == [False] * (len(ana.replies) - 1) + [True]
    assert ana.transcript().count("word3999") == 1
    assert "[Done]" in ana.screen()
    assert "[Done]" not in ana.transcript().removesuffix(ana.screen())


async def test_long_text_goes_on_where_it_failed(
    channel: SlackChannel, server: SlackServer
) -> None:
    ana = server.user("U1")
    message = Message(words(" ".join(f"word{n}" for n in range(4000))))
    count = len(parts(message))
    server.tiers.posts_a_second, server.tiers.posts_burst = 10.0, count - 1
    with pytest.raises(TooFast) as told:
        await channel.send(to(ana, message, delivery=5))
    server.tiers.posts_a_second = None
    jump(told.value.seconds)
    await channel.send(to(ana, message, delivery=5))
    assert len(ana.replies) == count


async def test_edit_changes_the_message_in_place(
    channel: SlackChannel, server: SlackServer
) -> None:
    ana = server.user("U1")
    sent = await channel.send(to(ana, asking(Kind.CHOICE, many(3)), delivery=9))
    changed = asking(Kind.CHOICE, many(2), "And now?")
    edited = await channel.send(to(ana, changed, action=Action.EDIT, target=sent, delivery=10))
    assert edited == sent
    assert ana.screen() == "And now?\n[Option 0]\n[Option 1]\n[Done]\n[Back]"
    assert len(ana.replies) == 1
    assert ana.replies[0].metadata == {
        "event_type": "domov_delivery",
        "event_payload": {"delivery": 9},
    }


async def test_edit_without_widget_takes_the_buttons_away(
    channel: SlackChannel, server: SlackServer
) -> None:
    ana = server.user("U1")
    sent = await channel.send(to(ana, asking(Kind.CHOICE, many(3))))
    await channel.send(to(ana, Message(words("Thanks")), action=Action.EDIT, target=sent))
    assert ana.screen() == "Thanks"


async def test_edit_of_what_is_gone_sends_a_new_message(
    channel: SlackChannel, server: SlackServer
) -> None:
    ana = server.user("U1")
    theirs = await channel.send(to(ana, Message(words("Hello"))))
    del server.workspace.messages[ana.chat][theirs.split(":")[1]]
    for target in (theirs, f"{ana.chat}:1.000001", None, "nonsense", "D0NOWHERE:1.1"):
        again = to(ana, Message(words("Again")), action=Action.EDIT, target=target)
        assert await channel.send(again) == f"{ana.chat}:{ana.replies[-1].ts}"
    assert [m.text for m in ana.replies] == ["Again"] * 5


async def test_home_page_is_published(channel: SlackChannel, server: SlackServer) -> None:
    ana = server.user("U1")
    card = asking(Kind.BUTTONS, many(30), "Your card", controls=())
    assert await channel.send(to(ana, card, action=Action.HOME)) == ""
    assert "Your card" in await ana.expect("[Option 0]")


async def test_file_arrives_after_its_message(channel: SlackChannel, server: SlackServer) -> None:
    ana = server.user("U1")
    file = File("mydata.json", "application/json", '{"name": "Ančka"}')
    sent = await channel.send(to(ana, Message(words("Here it is"), file=file)))
    assert await ana.expect_file("mydata.json") == '{"name": "Ančka"}'
    assert [bool(m.files) for m in ana.replies] == [False, True]
    assert sent == f"{ana.chat}:{ana.replies[0].ts}"


async def test_file_alone_opens_the_chat(channel: SlackChannel, server: SlackServer) -> None:
    ana = server.user("U1")
    file = File("mydata.json", "application/json", "{}")
    assert await channel.send(to(ana, Message((), file=file))) == ""
    assert await ana.expect_file() == "{}"
    assert server.counts["conversations.open"] == 1


async def test_window_without_trigger_is_rejected(
    channel: SlackChannel, server: SlackServer
) -> None:
    ana = server.user("U1")
    with pytest.raises(Rejected):
        await channel.send(to(ana, Message(words("x")), action=Action.FORM))
