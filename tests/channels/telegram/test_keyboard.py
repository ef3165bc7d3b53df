"""Widgets as inline keyboards, written out as rows of labels."""

from __future__ import annotations

import pytest

from bot.channels.telegram.keyboard import keyboard
from bot.outgoing import Rejected
from messages.message import Kind, Link, Message, Option, Widget

BACK = Option("back", "b", "Späť")
SKIP = Option("skip", "s", "Preskočiť")
DONE = Option("done", "d", "Hotovo")
HELP = Option("help", "h", "Pomoc")


def options(*labels: str) -> tuple[Option, ...]:
    return tuple(Option(str(n), f"t{n}", label) for n, label in enumerate(labels))


def rows(widget: Widget | None, *links: Link) -> list[list[str]]:
    markup = keyboard(Message((), widget=widget, links=links))
    return [[button["text"] for button in row] for row in (markup or {})["inline_keyboard"]]


def test_choice_with_short_labels_stands_two_in_a_row() -> None:
    widget = Widget(Kind.CHOICE, "q", options("Áno", "Možno", "Nie"), (BACK, SKIP))
    assert rows(widget) == [["Áno", "Možno"], ["Nie"], ["Späť", "Preskočiť"]]


def test_choice_with_a_long_label_stands_one_in_a_row() -> None:
    widget = Widget(Kind.CHOICE, "q", options("Áno", "Workshop s vlastnými rukami"))
    assert rows(widget) == [["Áno"], ["Workshop s vlastnými rukami"]]


def test_multi_shows_what_is_ticked_and_nothing_moves() -> None:
    off = Widget(Kind.MULTI, "q", options("a" * 18, "b"), (DONE,))
    on = Widget(Kind.MULTI, "q", (Option("0", "t0", "a" * 18, "on"), off.options[1]), (DONE,))
    assert rows(off) == [["▫️ " + "a" * 18, "▫️ b"], ["Hotovo"]]
    assert rows(on) == [["✅ " + "a" * 18, "▫️ b"], ["Hotovo"]]


def test_rank_shows_the_place() -> None:
    marks = ("2", "", "1", "11")
    ranked = tuple(Option(str(n), f"t{n}", "x", mark) for n, mark in enumerate(marks))
    assert rows(Widget(Kind.RANK, "q", ranked)) == [["2️⃣ x", "x"], ["1️⃣ x", "11. x"]]


def test_rating_shows_the_level_on_a_row_of_its_own() -> None:
    levels = (Option("like", "", "👍 páči sa"), Option("no", "", "👎"))
    rated = (Option("a", "ta", "TED", "like"), Option("b", "tb", "Brunch"))
    widget = Widget(Kind.RATING, "q", rated, (DONE,), levels)
    assert rows(widget) == [["TED · 👍 páči sa"], ["Brunch"], ["Hotovo"]]


def test_typed_question_has_only_controls() -> None:
    widget = Widget(Kind.TEXT, "q", options("never"), (BACK, SKIP, HELP, DONE))
    assert rows(widget) == [["Späť", "Preskočiť", "Pomoc"], ["Hotovo"]]


@pytest.mark.parametrize(
    ("page", "first", "pager", "presses"),
    [
        (0, "0", "1/4", [">3", ">0", ">1"]),
        (3, "30", "4/4", [">2", ">3", ">0"]),
        (9, "30", "4/4", [">2", ">3", ">0"]),
    ],
)
def test_many_options_come_in_pages(page: int, first: str, pager: str, presses: list[str]) -> None:
    widget = Widget(Kind.CHOICE, "q", options(*map(str, range(35))), (BACK,), page=page)
    markup = keyboard(Message((), widget=widget))
    assert markup is not None
    assert markup["inline_keyboard"][0][0]["text"] == first
    turning = markup["inline_keyboard"][-2]
    assert [button["text"] for button in turning] == ["‹", pager, "›"]
    assert [button["callback_data"] for button in turning] == [f"q:{press}" for press in presses]


def test_loose_buttons_are_seen_at_once() -> None:
    """Nobody can turn the page of a menu: it is not a question that is asked again."""
    labels = [f"Something that can be done {number}" for number in range(14)]
    assert rows(Widget(Kind.BUTTONS, "m", options(*labels))) == [[label] for label in labels]


def test_links_stand_between_options_and_controls() -> None:
    widget = Widget(Kind.BUTTONS, "m", options("Profil"), (BACK,))
    links = (
        Link("Web", "https://cike.sk"),
        Link("Mail", "mailto:a@cike.sk"),
        Link("Here", "http://localhost:8000/"),
        Link("Broken", "https://[cike.sk"),
    )
    assert rows(widget, *links) == [["Profil"], ["Web"], ["Späť"]]


def test_message_without_buttons_has_no_keyboard() -> None:
    assert keyboard(Message(())) is None
    assert keyboard(Message((), widget=Widget(Kind.TEXT, "q"))) is None


def test_data_is_ref_and_press_and_never_over_64_bytes() -> None:
    fits = Widget(Kind.CHOICE, "r" * 20, (Option("k", "p" * 43, "x"),))
    markup = keyboard(Message((), widget=fits))
    assert markup == {
        "inline_keyboard": [[{"text": "x", "callback_data": "r" * 20 + ":" + "p" * 43}]]
    }
    with pytest.raises(Rejected, match="longer than 64 bytes"):
        keyboard(Message((), widget=Widget(Kind.CHOICE, "r" * 20, (Option("k", "p" * 44, "x"),))))
