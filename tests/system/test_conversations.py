"""Whole conversations, from "/start" to being forgotten, as people have them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.turn.commands import REGISTERED_COMMANDS
from tests.fakes.slack.seen import controls, drawn
from tests.system.people import OnSlack, Person
from tests.system.speech import Speech, blueprint
from tests.system.talks import (
    Who,
    begin,
    complete,
    expat,
    formats,
    join,
    skills,
    walk,
    willingness,
)
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
    await person.expect(w("survey.all_done", promised=True), w.menu("profile"))
    await person.command("complete")
    await walk(person, complete(w, who))
    await person.expect(w.menu("profile"))


async def coming_back(world: World, person: Person, w: Speech, who: Who) -> None:
    """Change the profile, look at the data, be forgotten."""
    await person.choose(w.menu("profile"))
    await person.expect(w.first("registration.card", lines=()), who.name, w.country("DE"))
    await person.choose(w.control("change"))
    await person.choose(w("registration.label_place"))
    await person.expect(w("registration.ask_place"))
    await person.say("Hamburg")
    await person.expect("Hamburg")
    await person.choose(w.control("all_correct"))
    await person.expect(w("registration.saved"))
    await person.command("mydata")
    page = await person.file_text(w("mydata.page_name") + ".html")
    assert page.startswith(f'<!doctype html>\n<html lang="{w.language}">')
    assert page.endswith("</html>\n")
    for told in (w("copy.title"), who.name, "Hamburg"):
        assert told in page
    held = await person.file("mydata")
    assert held["person"][0]["name"] == who.name
    assert held["person"][0]["city"] == "Hamburg"
    assert held["identity"][0]["user_id"] == person.id
    answered = {"profile", "willingness", "formats", "skills"}
    assert {row["survey"] for row in held["answer"]} == answered


async def forgotten(world: World, person: Person, w: Speech) -> None:
    number = world.person_of(person)
    await person.command("forget")
    await walk_erasure(person, w)
    for table in ("person", "identity", "conversation", "answer", "delivery", "consent", "trait"):
        column = "id" if table == "person" else "person_id"
        query = f"SELECT count(*) FROM {table} WHERE {column} = :number"
        assert world.rows(query, number=number) == [(0,)], table
    await person.command("start")
    await person.expect(w("join.button_start"))


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


async def register(person: Person, w: Speech, who: Who | None = None) -> None:
    """From the first word to the offer of the first survey."""
    who = who or Who()
    await person.say("/start" if person.platform == "telegram" else "hello")
    await walk(person, [*join(w, who), *expat(w, who)])
    await person.expect(w.title("willingness"))


@pytest.mark.parametrize("platform", ["telegram", "slack"])
async def test_language_is_switched_in_the_middle(asking: World, platform: str) -> None:
    """The open question is asked again, in the new language; so is everything from then on."""
    en, sl = Speech("en"), Speech("sl")
    jana = asking.person(platform, "en")
    await jana.say("hello")
    await jana.expect(en("join.button_start"))
    await jana.choose(en.own_name("sl"))
    await jana.expect(sl("language.switched"), sl("join.button_start"))
    await walk(jana, join(sl))
    await jana.expect(sl("registration.ask_name"))
    await jana.command("language")
    await jana.expect(sl("language.ask"))
    await jana.choose(en.own_name("en"))
    await jana.expect(en("language.switched"), en("registration.ask_name"))
    await walk(jana, expat(en))
    await jana.expect(en("registration.registered", organisation="CIKE"))


async def test_telegram_shows_commands_and_descriptions_in_each_language(asking: World) -> None:
    bot = asking.telegram.bot
    jana = asking.person("telegram")
    await jana.until(lambda: bot.menu_button["type"] == "commands", "the last of it to be set")
    offered = {"default:": set(REGISTERED_COMMANDS), "all_group_chats:": {"start", "about"}}
    assert {"forget", "mydata"} <= offered["default:"]
    languages = ("", "en", "sk", "sl")
    assert set(bot.commands) == {(scope, code) for scope in offered for code in languages}
    for (scope, language), listed in bot.commands.items():
        w = Speech(language or "en")
        described = {each["command"]: each["description"] for each in listed}
        assert described == {name: w(f"command.{name}") for name in offered[scope]}
    assert len(bot.texts) == 6
    for (what, language), text in bot.texts.items():
        programme = blueprint().programme
        assert programme.hello is not None
        told = programme.name if what == "ShortDescription" else programme.hello
        shown = " ".join(told[language or "en"].split())
        assert " ".join(text.removesuffix("…").split()) in shown


async def test_slack_home_shows_the_card_and_its_buttons_work(asking: World) -> None:
    w = Speech("sk")
    jana = asking.person("slack", "sk")
    assert isinstance(jana, OnSlack)
    await jana.user.open_home()
    await jana.until(lambda: jana.user.home, "the home page")
    assert asking.rows("SELECT 1 FROM identity WHERE user_id = :user", user=jana.id) == []
    await register(jana, w, Who(name="Jana Domáca"))

    def card() -> bool:
        assert jana.user.home is not None
        shown = drawn("", jana.user.home.view["blocks"])
        return "Jana Domáca" in shown and w.country("DE") in shown

    await jana.until(card, "the card on the home page")
    await jana.user.press(w.menu("profile"), on="home")
    window = await jana.user.expect_modal()  # whoever looks at the page sees the answer there
    assert "Jana Domáca" in drawn("", window.view["blocks"])


async def test_slack_survey_is_answered_in_one_window(called: World) -> None:
    w, survey = Speech("sl"), "willingness"
    jana = called.person("slack", "sl")
    assert isinstance(jana, OnSlack)
    await register(jana, w)
    jana.windows = True
    await jana.choose(w("survey.button_start"))
    await jana.user.expect_modal()
    await jana.user.submit_modal(
        {
            w.asked(survey, "willingness"): w.choice(survey, "willingness", "maybe"),
            w.asked(survey, "roles"): [w.choice(survey, "roles", "host")],
            w.asked(survey, "how_often"): w.choice(survey, "how_often", "once"),
            w.asked(survey, "mode"): w.choice(survey, "mode", "online"),
            w.asked(survey, "note"): "<b>Pozdrav</b> *vsem*",
        }
    )
    assert jana.user.modals == []
    await jana.expect(w.title("formats"))
    answers = dict(
        called.rows(
            "SELECT question, value FROM answer WHERE person_id = :number",
            number=called.person_of(jana),
        )
    )
    assert answers["willingness"] == '"maybe"'
    assert answers["roles"] == '["host"]'
    assert answers["mode"] == '"online"'
    assert answers["note"] == '"<b>Pozdrav</b> *vsem*"'
    assert "next_home" not in answers


async def test_slack_takes_a_registration_in_one_window(asking: World) -> None:
    """Two messages, one window and two presses; everything else are fields."""
    w = Speech("en")
    jana = asking.person("slack", "en")
    assert isinstance(jana, OnSlack)
    jana.windows = True
    jana.user.person.real_name, jana.user.person.tz = "Jana Nováková", "Europe/Berlin"
    await jana.command("start")
    await jana.choose(w("join.button_start"))
    window = await jana.user.expect_modal(w("home.button_join"))
    assert w("join.button_agree") in drawn("", window.view["blocks"])
    (country,) = [
        control.label
        for control in controls(window.view["blocks"])
        if control.kind == "external_select"
    ]
    assert await jana.user.look_for(country, "germ") == [w.country("DE")]
    await jana.user.press(w("common.button_notice"), on="window")
    await jana.until(lambda: len(jana.user.modals) == 2, "the notice on top of the window")
    await jana.user.close_modal()
    label = "registration.label_"
    told: dict[str, Any] = {
        w("common.your_consent"): [w("join.button_agree")],
        w("join.ask_persona"): w.label("personas", "expat"),
        w("registration.ask_home_region"): w.label("regions", "kosice"),
        w("common.town"): "Berlin",
        w(f"{label}country"): w.country("DE"),
        w(f"{label}city"): "Berlin",
        w(f"{label}since"): "2015",
        w(f"{label}profession"): "product lead",
        w("registration.ask_field"): w.label("fields", "it"),
        w(f"{label}expertise"): "I bring people together",
        w(f"{label}spoken_languages"): [w.spoken("en")],
        w.asked("willingness", "willingness"): w.choice("willingness", "willingness", "yes"),
        w("join.label_others"): [w.label("purposes", "invitations")],
    }
    there = {control.label for control in controls(window.view["blocks"])}
    await jana.user.submit_modal({each: told[each] for each in there & set(told)})
    assert jana.user.modal_errors == {}
    await jana.expect(w.title("willingness"))
    assert len(jana.user.replies) == 2
    profile = "SELECT name, city, country, status FROM person WHERE id = :number"
    number = asking.person_of(jana)
    assert asking.rows(profile, number=number) == [("Jana Nováková", "Berlin", "DE", "active")]


async def test_telegram_and_slack_are_joined_by_a_code(asking: World) -> None:
    w = Speech("en")
    here, there = asking.person("telegram"), asking.person("slack")
    await register(here, w, Who(name="Jana Spojená"))
    await here.command("link")
    shown = await here.expect("link ")
    code = shown.partition("link ")[2][:9]
    await there.say("hello")
    await there.expect(w("join.button_start"))
    await there.say(f"link {code}")
    await there.expect("Telegram · Jana")
    await there.choose(w("link.button_yes"))
    await there.expect("Nothing is linked yet")
    await here.expect("Your code was entered by another account", "Slack")
    await here.choose(w("link.button_yes"))
    await here.expect("are now one")
    await there.expect("are now one")
    assert asking.person_of(here) == asking.person_of(there)
    await there.command("profile")
    await there.expect("Jana Spojená")
    await there.command("forget")
    await walk_erasure(there, w)
    for person in (here, there):
        assert asking.rows("SELECT 1 FROM identity WHERE user_id = :user", user=person.id) == []
