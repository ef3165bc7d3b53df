"""Pictures and files with a message, taking messages back, and posts in a channel."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.channels.slack import sender
from bot.channels.slack.channel import SlackChannel
from bot.incoming import Press
from bot.outgoing import Action, Outgoing, Rejected, Unreachable
from messages.message import Kind, Link, Message, Option, Picture, Widget
from tests.channels.pictures import GONE, PNG, POSTER, PROGRAMME, Store
from tests.channels.slack.conftest import Turn, connected
from tests.channels.slack.making import to, words
from tests.fakes.slack import SlackServer

GOING = Widget(Kind.BUTTONS, "@e1", (Option("going", "=going", "I'm coming"),))


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
async def showing(server: SlackServer, turn: Turn, store: Store) -> AsyncIterator[SlackChannel]:
    async with connected(server, turn, pictures=store) as started:
        yield started


def card(text: str, picture: Picture | None = POSTER) -> Message:
    return Message(words(text), widget=GOING, picture=picture)


async def test_picture_stands_above_the_words(
    showing: SlackChannel, server: SlackServer, store: Store
) -> None:
    ana, bor = server.user("U1"), server.user("U2")
    for person in (ana, bor):
        await showing.send(to(person, card("Brunch & talk")))
    first, *_ = ana.replies[0].blocks
    (upload,) = server.workspace.uploads.values()
    assert first["type"] == "image"
    assert first["slack_file"] == {"id": upload.id}
    assert (first["alt_text"], upload.data, store.uploads) == ("poster", PNG, 1)
    assert bor.screen() == "Brunch & talk\n[I'm coming]"


async def test_picture_that_slack_still_looks_at_is_waited_for(
    showing: SlackChannel, server: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "PICTURE_WAIT", 0.01)
    server.workspace.picture_delay = 2
    ana = server.user("U1")
    await showing.send(to(ana, card("Brunch")))
    assert len(ana.replies) == 1


async def test_other_files_are_uploaded_into_the_chat(
    showing: SlackChannel, server: SlackServer
) -> None:
    ana = server.user("U1")
    await showing.send(to(ana, card("The programme", PROGRAMME)))
    assert [file["name"] for reply in ana.replies for file in reply.files] == ["programme.pdf"]


async def test_missing_picture_is_refused(showing: SlackChannel, server: SlackServer) -> None:
    ana = server.user("U1")
    with pytest.raises(Rejected):
        await showing.send(to(ana, card("Brunch", GONE)))
    assert ana.replies == []


async def test_card_with_picture_is_changed_in_place(
    showing: SlackChannel, server: SlackServer
) -> None:
    ana = server.user("U1")
    sent = await showing.send(to(ana, card("Brunch")))
    await showing.send(to(ana, card("You are coming"), action=Action.EDIT, target=sent))
    (reply,) = ana.replies
    assert reply.blocks[0]["type"] == "image"
    assert ana.screen() == "You are coming\n[I'm coming]"


async def test_message_is_taken_back(showing: SlackChannel, server: SlackServer) -> None:
    ana = server.user("U1")
    sent = await showing.send(to(ana, card("Brunch", None)))
    gone = to(ana, card("", None), action=Action.DELETE, target=sent)
    assert await showing.send(gone) == sent
    assert ana.replies == []
    await showing.send(gone)  # gone already


async def test_change_never_sends_anew(showing: SlackChannel, server: SlackServer) -> None:
    ana = server.user("U1")
    sent = await showing.send(to(ana, card("Brunch", None)))
    change = to(ana, card("Brunch at ten", None), action=Action.CHANGE, target=sent)
    assert await showing.send(change) == sent
    for target in (f"{ana.chat}:1.000001", None, f"{sent}+{sent}"):
        with pytest.raises(Rejected):
            await showing.send(to(ana, card("Oh", None), action=Action.CHANGE, target=target))
    assert [reply.edited for reply in ana.replies] == [True]
    assert ana.screen() == "Brunch at ten\n[I'm coming]"


async def test_post_in_a_channel_is_answered_in_the_chat(
    showing: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    channel = server.workspace.channel()
    ana = server.user("U1")
    invite = Message(words("Brunch"), links=(Link("I want to come", "start:event_brunch"),))
    await showing.send(Outgoing(Action.SEND, channel, "", invite))
    (post,) = server.workspace.messages[channel].values()
    await ana.press("I want to come", message=post)
    (heard,) = await turn.until(1)
    assert heard.said == Press("m", "=start.event_brunch")
    assert heard.chat == "U1"
    assert heard.message is None


async def test_post_where_the_bot_was_not_invited(
    showing: SlackChannel, server: SlackServer
) -> None:
    channel = server.workspace.channel(invited=False)
    with pytest.raises(Unreachable):
        await showing.send(Outgoing(Action.SEND, channel, "", Message(words("Brunch"))))
