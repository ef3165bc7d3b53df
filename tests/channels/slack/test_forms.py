"""A form is a window that Slack opens, and comes back as field and chosen keys."""

from __future__ import annotations

import pytest

from bot.channels.slack.channel import SlackChannel
from bot.incoming import Submitted
from bot.outgoing import Action, Rejected
from messages.message import Field, Kind, Option
from tests.channels.slack.conftest import Turn
from tests.channels.slack.making import asking, options, to, window
from tests.fakes.slack import FakeUser, SlackServer
from tests.waiting import PATIENCE

LEVELS = (Option("yes", "", "Like"), Option("no", "", "Not for me"))


async def show(
    channel: SlackChannel, person: FakeUser, turn: Turn, *fields: Field, title: str = "Formats"
) -> None:
    """Press a button and open the window with what it brought."""
    await channel.send(to(person, asking(Kind.BUTTONS, options("Open"))))
    heard = len(turn.heard)
    await person.press("Open")
    trigger = (await turn.until(heard + 1))[-1].trigger
    form = window(*fields, title=title)
    await channel.send(to(person, form, action=Action.FORM, trigger=trigger))
    await person.expect_modal()


async def test_every_kind_of_field_comes_back(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    await show(
        channel,
        ana,
        turn,
        Field("ready", Kind.CHOICE, "Ready?", options("Yes", "Maybe"), required=True),
        Field("field", Kind.CHOICE, "Field", options(*(f"F {n}" for n in range(30)))),
        Field("roles", Kind.MULTI, "Roles", options("Mentor", "Host", "Speaker")),
        Field("langs", Kind.MULTI, "Languages", options(*(f"L {n}" for n in range(20)))),
        Field("two", Kind.MULTI, "Two of three", options("A", "B", "C"), maximum=2),
        Field("top", Kind.RANK, "Top skills", options("Focus", "Humour", "Care"), maximum=3),
        Field("formats", Kind.RATING, "Formats", options("Talk", "Debate"), LEVELS),
        Field("name", Kind.TEXT, "Name", max_length=80),
        Field("note", Kind.TEXT, "Note"),
    )
    await ana.submit_modal(
        {
            "Ready?": "Maybe",
            "Field": "F 29",
            "Roles": ["Mentor", "Speaker"],
            "Languages": ["L 3", "L 1"],
            "Two of three": ["C", "A"],
            "Top skills (1.)": "Care",
            "Top skills (2.)": "Focus",
            "Talk": "Not for me",
            "Name": "Ana & <b>",
        }
    )
    assert turn.said[-1] == Submitted(
        "7.0.form",
        {
            "ready": ("maybe",),
            "field": ("f_29",),
            "roles": ("mentor", "speaker"),
            "langs": ("l_3", "l_1"),
            "two": ("c", "a"),
            "top": ("care", "focus"),
            "formats": ("talk~no",),
            "name": ("Ana & <b>",),
            "note": (),
        },
    )
    assert ana.modals == []


async def test_present_values_are_filled_in(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    many = options(*(f"F {n}" for n in range(150)))
    await show(
        channel,
        ana,
        turn,
        Field("ready", Kind.CHOICE, "Ready?", options("Yes", "Maybe"), value=("maybe",)),
        Field("field", Kind.CHOICE, "Field", many, value=("f_149",)),
        Field("roles", Kind.MULTI, "Roles", options("Mentor", "Host"), value=("host", "gone")),
        Field("top", Kind.RANK, "Top", options("Focus", "Care"), maximum=2, value=("care",)),
        Field("formats", Kind.RATING, "Formats", options("Talk"), LEVELS, value=("talk~yes",)),
        Field("name", Kind.TEXT, "Name", value=("Ana",)),
    )
    await ana.submit_modal()
    assert turn.said[-1] == Submitted(
        "7.0.form",
        {
            "ready": ("maybe",),
            "field": ("f_149",),
            "roles": ("host",),
            "top": ("care",),
            "formats": ("talk~yes",),
            "name": ("Ana",),
        },
    )


async def test_needed_fields_are_needed(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    skills = options("Focus", "Humour", "Care")
    top = Field("top", Kind.RANK, "Top", skills, minimum=2, maximum=3, required=True)
    await show(channel, ana, turn, top)
    for values, missing in (({}, "Top (1.)"), ({"Top (1.)": "Focus"}, "Top (2.)")):
        with pytest.raises(AssertionError, match=missing.replace("(", r"\(").replace(")", r"\)")):
            await ana.submit_modal(values)
    await ana.submit_modal({"Top (1.)": "Focus", "Top (2.)": "Focus"})
    assert turn.said[-1] == Submitted("7.0.form", {"top": ("focus", "focus")})


async def test_long_ranking_is_one_menu(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    skills = options(*(f"S {n}" for n in range(12)))
    await show(channel, ana, turn, Field("top", Kind.RANK, "Top", skills, maximum=8))
    await ana.submit_modal({"Top": ["S 4", "S 1"]})
    assert turn.said[-1] == Submitted("7.0.form", {"top": ("s_4", "s_1")})


async def test_window_has_short_titles_and_a_way_out(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    title = "Which formats would you be glad to take part in?"
    await show(channel, ana, turn, Field("n", Kind.TEXT, "N", max_length=9000), title=title)
    view = ana.modals[-1].view
    assert view["title"]["text"] == "Which formats would you…"
    assert (view["submit"]["text"], view["close"]["text"]) == ("Send", "Cancel")
    assert view["private_metadata"] == "7.0.form"
    assert "About you" in await ana.expect("About you")


async def test_window_too_large_is_rejected(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    fields = [Field(f"n{n}", Kind.TEXT, "N") for n in range(101)]
    form = window(*fields)
    with pytest.raises(Rejected, match="100 blocks"):
        await channel.send(to(ana, form, action=Action.FORM, trigger="1.2.3"))


@pytest.mark.parametrize("trigger", ["used", "expired", "never given"])
async def test_late_window_is_rejected(
    channel: SlackChannel, server: SlackServer, turn: Turn, trigger: str
) -> None:
    ana = server.user("U1")
    given = server.workspace.trigger("U1")
    if trigger == "used":
        server.workspace.use_trigger(given)
    elif trigger == "expired":
        server.workspace.triggers[given].made -= 3.1
    else:
        given = "1.2.3"
    form = window(Field("n", Kind.TEXT, "N"))
    with pytest.raises(Rejected, match="trigger"):
        await channel.send(to(ana, form, action=Action.FORM, trigger=given))


async def test_submission_during_an_outage_can_be_sent_again(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    """The window stays with its values; sent again it has the same event id."""
    ana = server.user("U1")
    await show(channel, ana, turn, Field("n", Kind.TEXT, "N"))
    server.post.ack_seconds = 0.3
    turn.failures = 1
    first = await ana.submit_modal({"N": "x"})
    server.post.ack_seconds = PATIENCE
    assert len(ana.troubles) == len(ana.modals) == 1
    again = await ana.submit_modal({"N": "x"})
    assert (first.acknowledged, again.acknowledged) == (False, True)
    assert ana.modals == []
    assert (
        turn.heard[-1].event_id == f"{again.payload['view']['id']}:{again.payload['view']['hash']}"
    )


async def test_errors_stand_at_the_fields_and_the_window_stays_as_it_was(
    either: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    """A rating has an input for each of its options: the first one says what is wrong."""
    ana = server.user("U1")
    fields = (
        Field("day", Kind.TEXT, "Day"),
        Field("formats", Kind.RATING, "Formats", options("Talk", "Debate"), LEVELS),
        Field("note", Kind.TEXT, "Note"),
    )
    await show(either, ana, turn, *fields)
    turn.wrong = {"day": "Which day?", "formats": "One at least " + "!" * 400, "other": "?"}
    filled = {"Day": "some day", "Note": "A long note"}
    await ana.submit_modal(filled)
    assert list(ana.modal_errors) == ["day", "formats~talk"]
    assert ana.modal_errors["day"] == "Which day?"
    assert len(ana.modal_errors["formats~talk"]) == 300
    assert len(ana.modals) == 1
    turn.wrong = None
    await ana.submit_modal({**filled, "Day": "24 December 2026"})
    assert ana.modals == []
    last = turn.heard[-1].said
    assert isinstance(last, Submitted)
    assert last.values["note"] == ("A long note",)


async def test_hint_stands_below_its_input(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    hint = "Leave out the rest"
    await show(
        channel,
        ana,
        turn,
        Field("note", Kind.TEXT, "Note", hint=hint),
        Field("formats", Kind.RATING, "Formats", options("Talk"), LEVELS, hint=hint),
        Field("top", Kind.RANK, "Top", options("A", "B", "C"), maximum=2, hint=hint),
    )
    blocks = ana.modals[0].view["blocks"]
    hints = [block["hint"]["text"] for block in blocks if "hint" in block]
    sections = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    assert hints == [hint, hint]
    assert sections == [f"Formats {hint}"]
