"""Hello, consent in layers, persona: what is read before the first question; any kind of yes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from blueprints.checks import HELLO_WORDS, SHORT_NOTICE_WORDS, count_words
from bot.turn.context import House
from bot.turn.labels import labels_in
from flows import join
from flows.questions import Question
from messages import rich
from storage.database import Database
from storage.living import consents
from storage.statements import sql
from tests.fakes.chat import Chat
from tests.turn.talks import answer_survey, count, person_of, register_expat, rows

Users = Callable[..., Chat]
CONSENT_WORDS = 80
PART_WORDS = 120  # what fits a phone screen


def read(house: House, question: Question[Any], language: str) -> str:
    """What a question says."""
    return rich.plain(labels_in(house.words, language).rich(question.text))


@pytest.mark.parametrize("language", ["en", "sk", "sl"])
def test_what_is_read_before_agreeing_is_short(house: House, language: str) -> None:
    blueprint = house.blueprint
    programme = blueprint.programme
    hello = read(house, join.hello(blueprint), language)
    assert count_words(hello) <= HELLO_WORDS
    assert hello.endswith(programme.funding_statement[language])
    consent = read(house, join.consent(blueprint), language)
    assert count_words(consent) <= CONSENT_WORDS
    assert programme.short_notice is not None
    ours = count_words(consent) - count_words(programme.short_notice[language])
    assert ours <= CONSENT_WORDS - SHORT_NOTICE_WORDS
    assert programme.ends_on is not None
    for told in (str(programme.minimum_age), str(programme.ends_on.year)):
        assert told in consent
    for organisation in blueprint.organisations:
        assert organisation.name in consent


@pytest.mark.parametrize("language", ["en", "sk", "sl"])
def test_each_part_of_the_notice_fits_a_phone(house: House, language: str) -> None:
    parts = join.parts(house.blueprint)
    assert max(count_words(read(house, part, language)) for part in parts) <= PART_WORDS


@pytest.mark.parametrize(
    ("locale", "word"),
    [
        *(("en", word) for word in ("ok", "yes", "Yes, please!", "sure", "let's go", "start", "👍",
          "Let's start", "ok yes", "1")),
        *(("sk", word) for word in ("áno", "súhlasím", "poďme", "začnime", "Áno, poďme na to",
          "jasné", "začať")),
        *(("sl", word) for word in ("da", "začnimo", "seveda", "v redu", "gremo", "👍🏽", "začni")),
    ],
)  # fmt: skip
async def test_any_kind_of_yes_starts(chat: Users, locale: str, word: str, house: House) -> None:
    jana = chat(locale=locale)
    await jana.say("hej!")
    await jana.say(word)
    assert jana.last.text == read(house, join.consent(house.blueprint), locale)


@pytest.mark.parametrize(
    ("locale", "word"),
    [("en", "I agree"), ("en", "yes"), ("en", "👍"), ("sk", "áno, súhlasím"), ("sl", "da"),
     ("sl", "Strinjam se"), ("en", "1")],
)  # fmt: skip
async def test_a_typed_yes_is_the_consent(
    chat: Users, database: Database, locale: str, word: str
) -> None:
    jana = chat(locale=locale)
    await jana.say("/start")
    await jana.press("start")
    await jana.say(word)
    await jana.press("expat")
    with database.reading() as tx:
        assert consents(tx, person_of(database)) == {"register": True}


@pytest.mark.parametrize("word", ["let's go", "start", "hm", "yes but no", "continue"])
async def test_what_is_no_clear_yes_registers_nobody(
    chat: Users, database: Database, word: str
) -> None:
    jana = chat()
    await jana.say("/start")
    await jana.press("start")
    await jana.say(word)
    assert "clear yes or no" in jana.last.text or "May we register you?" in jana.last.text
    assert jana.last.buttons[:3] == ("I agree", "Read it all", "No, thank you")
    assert count(database, "consent") == 0


@pytest.mark.parametrize(
    ("locale", "word"),
    [("en", "no"), ("en", "No, thanks."), ("sk", "nie, ďakujem"), ("sk", "nemám záujem"),
     ("sl", "ne, hvala"), ("sl", "ne zanima me"), ("en", "👎")],
)  # fmt: skip
@pytest.mark.parametrize("after", [0, 1])
async def test_any_no_is_kindly_taken(
    chat: Users, database: Database, locale: str, word: str, after: int
) -> None:
    jana = chat(locale=locale)
    await jana.say("/start")
    for _ in range(after):
        await jana.press("start")
    await jana.say(word)
    assert jana.last.widget is None
    assert count(database, "person") == 0


@pytest.mark.parametrize(
    ("locale", "word", "question"),
    [
        ("en", "expat", "Which region"),
        ("en", "I live abroad", "Which region"),
        ("sk", "žijem v zahraničí", "regiónu"),
        ("sl", "v tujini", "regije"),
        ("en", "a local", "Which town"),
        ("sk", "som domáci", "meste"),
    ],
)
async def test_who_one_is_may_be_said_in_ones_own_words(
    chat: Users, locale: str, word: str, question: str
) -> None:
    jana = chat(locale=locale)
    for each in ("/start", "ok" if locale == "en" else "áno" if locale == "sk" else "da"):
        await jana.say(each)
    await jana.press("agree")
    await jana.say(word)
    await jana.say("Jana Nováková")
    assert question in jana.last.text


async def test_the_first_message_has_nothing_to_press_but_what_is_asked(chat: Users) -> None:
    jana = chat(locale="sl")
    await jana.say("živjo")
    assert jana.last.buttons == (
        "Začnimo", "Kaj bo z mojimi podatki?", "English", "Slovenčina"
    )  # fmt: skip
    await jana.press("Slovenčina")
    assert "Som bot programu Expati pre domov" in jana.last.text
    assert "Začnime" in jana.last.buttons


async def test_the_whole_notice_is_read_part_by_part(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat()
    await jana.say("/start")
    await jana.press("start")
    await jana.press("Read it all")
    told = []
    for _ in join.sections(house.blueprint):
        told.append(jana.last.text)
        assert "I agree" in jana.last.buttons
        if "Next part" in jana.last.buttons:
            await jana.press("Next part")
    assert len(told) == len(set(told)) == len(join.sections(house.blueprint))
    assert f"({len(told)}/{len(told)})" in told[-1]
    programme = house.blueprint.programme
    for text in (programme.retention, programme.rights, programme.recipients):
        assert text is not None
        assert text["en"].split("\n\n")[0] in " ".join(told)
    await jana.press("I agree")
    await jana.press("local")
    logged = rows(
        database,
        "SELECT l.purpose, l.given, n.text FROM consent_log l"
        " JOIN notice_text n ON n.id = l.words_id",
    )
    assert [(purpose, bool(given)) for purpose, given, _ in logged] == [("register", True)]
    for question in (join.consent(house.blueprint), *join.parts(house.blueprint)):
        assert read(house, question, "en") in logged[0][2]


async def test_what_was_agreed_to_stays_in_the_chat(chat: Users, house: House) -> None:
    jana = chat()
    await jana.say("/start")
    await jana.press("start")
    asked = jana.last
    await jana.press("agree")
    consent = read(house, join.consent(house.blueprint), "en")
    assert asked.text == f"{consent}\n\n✓ I agree"
    assert asked.widget is None


async def test_what_happens_to_my_data_leads_to_the_notice_and_back(chat: Users) -> None:
    jana = chat()
    await jana.say("/start")
    await jana.press("data")
    assert "(1/" in jana.last.text
    await jana.press("Next part")
    await jana.say("back")
    assert "(1/" in jana.last.text
    await jana.press("I agree")
    assert "Which of these describes you?" in jana.last.text


async def test_a_question_is_answered_and_the_consent_asked_again_shortly(chat: Users) -> None:
    jana = chat()
    await jana.say("/start")
    await jana.press("start")
    asked = jana.last.text
    for question in ("is this free?", "/about", "hm?"):
        await jana.say(question)
        assert asked not in jana.last.text
        assert jana.last.buttons[0] == "I agree"


async def test_a_consent_asked_for_later_says_in_which_sentence(
    chat: Users, database: Database, house: House
) -> None:
    """Each in one sentence and one tap; the sentence is among the words that were agreed to."""
    jana = chat()
    await register_expat(jana)
    await jana.say("events")
    await jana.press("Yes, you may")
    await jana.say("mentor")
    await jana.press("I agree")
    logged = rows(
        database,
        "SELECT l.purpose, n.text FROM consent_log l JOIN notice_text n ON n.id = l.words_id"
        " WHERE l.given AND l.purpose <> 'register' ORDER BY l.id",
    )
    assert [purpose for purpose, _ in logged] == ["invitations", "mentoring"]
    for purpose, text in logged:
        assert rich.plain(house.words.rich(f"allow.ask_{purpose}", "en")) in text


async def test_who_takes_part_in_mentoring_is_asked_for_sharing_unless_they_have_decided(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await register_expat(jana, "mentoring")
    with database.transaction() as tx:
        tx.run(sql("DELETE FROM consent WHERE purpose = 'sharing'"))
    await answer_survey(jana, "willingness", taps=1)
    await jana.press("Set up my offer")
    await jana.press("All correct")
    assert jana.last.text.startswith("May our partner organisation see your profile")
    await jana.press("Yes, you may")
    assert "Thank you: our partner organisation may see" in jana.last.text
    with database.reading() as tx:
        assert consents(tx, person_of(database))["sharing"] is True
    await jana.say("mentor")
    await jana.press("Change")
    await jana.press("All correct")
    assert "May our partner" not in jana.last.text


async def test_a_forged_consent_is_none(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    for purpose in ("register", "sharing", "public", "everything", ""):
        await jana.send_press("m", f"=agree.{purpose}")
    given = "SELECT purpose FROM consent_log WHERE given ORDER BY id"
    assert rows(database, given) == [("register",)]


async def test_a_region_without_words_of_its_own_says_hello_all_the_same(
    database: Database, tiny_house: House
) -> None:
    ana = Chat(database, tiny_house, locale="sl")
    await ana.say("živjo")
    assert "Pomurje kliče" in ana.last.text
    await ana.say("da")
    assert "Štorklja" in ana.last.text
    assert "18" in ana.last.text
