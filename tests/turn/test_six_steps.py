"""How little it takes to be registered: counted, in every language."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from blueprints.checks import count_words
from bot.turn.context import House
from storage.database import Database
from tests.fakes.chat import Chat
from tests.turn.talks import rows

Users = Callable[..., Chat]

MOST_WORDS, MOST_TAPS, MOST_TYPED = 250, 8, 4
EXPAT = (
    ">start", ">agree", ">expat", "Jana Nováková", ">kosice", "Berlin", "product lead", ">it",
    ">yes", ">all", ">done",
)  # fmt: skip
LOCAL = (
    ">start", ">agree", ">local", "Matej Kranjc", "Kranj", ">entrepreneur", ">mentor", ">done",
    ">all", ">done",
)  # fmt: skip


async def counted(chat: Chat, steps: tuple[str, ...]) -> tuple[int, int, int]:
    """Words to read before somebody is registered, taps, typed answers; "/start" is none."""
    await chat.say("/start")
    seen = taps = typed = 0
    for step in steps:
        seen += count_words(chat.last.text)
        if step.startswith(">"):
            taps += 1
            await chat.press(step[1:])
        else:
            typed += 1
            await chat.say(step)
    return seen, taps, typed


@pytest.mark.parametrize("language", ["en", "sk", "sl"])
async def test_an_expat_is_registered_in_eight_taps_and_four_answers(
    chat: Users, database: Database, language: str
) -> None:
    jana = chat(locale=language)
    words, taps, typed = await counted(jana, EXPAT)
    assert rows(database, "SELECT status, city FROM person") == [("active", "Berlin")]
    assert taps <= MOST_TAPS
    assert typed <= MOST_TYPED
    assert words <= MOST_WORDS


@pytest.mark.parametrize("language", ["en", "sk", "sl"])
async def test_a_local_is_registered_in_five_steps(
    chat: Users, database: Database, language: str
) -> None:
    matej = chat(locale=language)
    words, taps, typed = await counted(matej, LOCAL)
    assert rows(database, "SELECT status, home_region FROM person") == [("active", "gorenjska")]
    assert (taps, typed) == (8, 2)
    assert words <= MOST_WORDS


@pytest.mark.parametrize(("persona", "steps", "count"), [("expat", EXPAT, 6), ("local", LOCAL, 5)])
async def test_how_far_one_is_stands_beside_each_question(
    chat: Users, house: House, persona: str, steps: tuple[str, ...], count: int
) -> None:
    assert house.blueprint.persona(persona)
    somebody = chat()
    await counted(somebody, steps)
    told = " ".join(each.text for each in somebody.log)
    assert [number for number in range(1, 10) if f"{number} of {count}" in told] == list(
        range(1, count + 1)
    )


@pytest.mark.parametrize(
    ("language", "said", "kept"),
    [
        ("en", "sure, gladly", "yes"), ("en", "of course", "yes"), ("en", "no, sorry", "not_now"),
        ("sk", "áno, rada", "yes"), ("sk", "jasné", "yes"), ("sk", "nie, ďakujem", "not_now"),
        ("sl", "seveda", "yes"), ("sl", "ne, hvala", "not_now"), ("en", "maybe", "maybe"),
    ],
)  # fmt: skip
async def test_willing_in_ones_own_words(
    chat: Users, database: Database, language: str, said: str, kept: str
) -> None:
    jana = chat(locale=language)
    await jana.say("/start")
    for step in (*EXPAT[:8], said, ">all", ">done"):
        await (jana.press(step[1:]) if step.startswith(">") else jana.say(step))
    assert rows(database, "SELECT willingness FROM person") == [(kept,)]
