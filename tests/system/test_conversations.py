"""Whole conversations, from "/start" to being forgotten, as people have them."""

from __future__ import annotations

import pytest

from tests.system.people import Person
from tests.system.speech import Speech
from tests.system.talks import Who, begin, expat, formats, join, skills, walk, willingness
from tests.system.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Words that only an English text has; in the others they would be left untranslated.
ENGLISH = frozenset(
    {"the", "and", "you", "your", "with", "what", "which", "this", "that", "please", "press",
     "write", "have", "from", "would", "like", "answer", "answers", "everything", "thank",
     "help", "cancel", "skip", "back", "done", "yes"}
)  # fmt: skip


def no_english(person: Person) -> None:
    """Nothing of the bot's is left in English (the names of things apart)."""
    for text in person.shown():
        words = {word.strip(".,:;!?()[]☐☑{}").lower() for word in text.split()}
        assert not words & ENGLISH, f"{words & ENGLISH} in:\n{text}"


async def everything(world: World, person: Person, w: Speech, who: Who) -> None:
    """Start, consents, registration, three surveys."""
    await person.say("/start") if person.platform == "telegram" else await person.say("hello")
    await walk(person, [*join(w, who), *expat(w, who)])
    await person.expect(w("registration.registered", organisation="CIKE"), w.title("willingness"))
    await walk(person, [*begin(w, "willingness"), *willingness(w, who)])
    await walk(person, [*begin(w, "formats"), *formats(w, who)])
    await walk(person, [*begin(w, "skills"), *skills(w, who)])
    await person.expect(w("survey.all_done"), w.menu("profile"))


async def coming_back(world: World, person: Person, w: Speech, who: Who) -> None:
    """Change the profile, look at the data, be forgotten."""
    await person.choose(w.menu("profile"))
    await person.expect(w.first("registration.card", lines=()), who.name, w.country("DE"))
    await person.choose(w("registration.label_city"))
    await person.expect(w("registration.ask_city"))
    await person.say("Hamburg")
    await person.expect("Hamburg")
    await person.choose(w.control("all_correct"))
    await person.expect(w("registration.saved"))
    await person.command("mydata")
    held = await person.file("mydata")
    assert held["person"][0]["name"] == who.name
    assert held["person"][0]["city"] == "Hamburg"
    assert held["identity"][0]["user_id"] == person.id
    assert {row["survey"] for row in held["answer"]} == {"willingness", "formats", "skills"}


async def forgotten(world: World, person: Person, w: Speech) -> None:
    number = world.person_of(person)
    await person.command("forget")
    await walk_erasure(person, w)
    for table in ("person", "identity", "conversation", "answer", "delivery", "consent", "trait"):
        column = "id" if table == "person" else "person_id"
        query = f"SELECT count(*) FROM {table} WHERE {column} = :number"
        assert world.rows(query, number=number) == [(0,)], table
    await person.command("start")
    await person.expect(w("join.button_go_on"))


async def walk_erasure(person: Person, w: Speech) -> None:
    await person.expect(w.first("forget.ask_sure"))
    await person.choose(w("forget.button_erase"))
    await person.expect(w.first("forget.ask_really"))
    await person.choose(w.control("yes"))
    await person.expect(w.first("forget.erased"))


async def test_telegram_in_slovak_by_polling(asking: World) -> None:
    w, who = Speech("sk"), Who(name="Jana Nováková")
    jana = asking.person("telegram", "sk")
    await everything(asking, jana, w, who)
    await coming_back(asking, jana, w, who)
    no_english(jana)
    await forgotten(asking, jana, w)


async def test_telegram_in_english_by_webhook(called: World) -> None:
    w, who = Speech("en"), Who(name="Eva Horváthová", linkedin="linkedin.com/in/eva-h")
    eva = called.person("telegram", "en")
    await everything(called, eva, w, who)
    await coming_back(called, eva, w, who)
    await forgotten(called, eva, w)


async def test_slack_in_slovenian_by_socket_mode(asking: World) -> None:
    w, who = Speech("sl"), Who(name="Maja Šušteršič")
    maja = asking.person("slack", "sl")
    await everything(asking, maja, w, who)
    await coming_back(asking, maja, w, who)
    no_english(maja)
    await forgotten(asking, maja, w)


async def test_slack_in_slovak_by_http(called: World) -> None:
    w, who = Speech("sk"), Who(name="Peter Kováč")
    peter = called.person("slack", "sk")
    await everything(called, peter, w, who)
    await coming_back(called, peter, w, who)
    no_english(peter)
    await forgotten(called, peter, w)
