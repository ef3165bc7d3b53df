"""Widgets as rows of keys."""

from __future__ import annotations

from bot.channels.preview.keys import PER_PAGE, Key, board
from messages.message import Kind, Option, Widget

A = Option("a", "=a", "Alpha")
ON = Option("b", "-b", "Beta", "on")
LEVELS = (Option("like", "like", "Gladly"), Option("no", "no", "No"))


def test_choice_is_no_switch_until_something_is_chosen() -> None:
    found = board(Widget(Kind.CHOICE, "q", (A, ON)))
    assert found.keys == (Key("a", "=a", "Alpha"), Key("b", "-b", "Beta", pressed=True))


def test_multi_shows_ticks() -> None:
    found = board(Widget(Kind.MULTI, "q", (A, ON)))
    assert [key.pressed for key in found.keys] == [False, True]


def test_rank_shows_places() -> None:
    found = board(Widget(Kind.RANK, "q", (A, Option("b", "-b", "Beta", "2"))))
    assert [(key.pressed, key.badge) for key in found.keys] == [(False, ""), (True, "2")]


def test_rating_has_a_key_for_each_level() -> None:
    found = board(Widget(Kind.RATING, "q", (Option("a", "+a", "Alpha", "no"),), levels=LEVELS))
    assert found.keys == ()
    assert [(key.press, key.pressed) for key in found.rows[0].keys] == [
        ("+a~like", False),
        ("+a~no", True),
    ]


def test_many_options_get_pages() -> None:
    options = tuple(Option(f"o{n}", f"=o{n}", str(n)) for n in range(PER_PAGE * 2 + 1))
    last = board(Widget(Kind.CHOICE, "q", options, page=2))
    assert (last.page, last.pages, [key.name for key in last.keys]) == (2, 3, ["o24"])
    assert board(Widget(Kind.CHOICE, "q", options, page=99)).page == 2
    assert board(Widget(Kind.CHOICE, "q", options, page=-1)).page == 0


def test_only_done_is_the_primary_control() -> None:
    controls = (Option("back", "!back", "Back"), Option("done", "!done", "Done"))
    found = board(Widget(Kind.TEXT, "q", controls=controls))
    assert [(key.name, key.primary) for key in found.controls] == [
        ("!back", False),
        ("!done", True),
    ]
