"""What staff are told when something is wrong, in Slovak and in Slovenian."""

from __future__ import annotations

import re

import pytest

from outreach.broadcasts import life
from outreach.errors import NotAllowed, NotFound, OutreachError, WrongState
from storage.database import Database
from tests.fakes.chat import Chat
from tests.turn.talks import register_expat, rows
from tests.turn.test_staff import Users, at_work, statuses

ENGLISH = {
    "the", "this", "that", "there", "did", "you", "mean", "write", "missing", "cannot", "after",
    "like", "value", "field", "condition", "line", "variable", "nothing", "called", "shown",
    "before", "than", "only", "does", "known", "have", "read", "people", "please",
}  # fmt: skip


def own_words(chat: Chat, since: int) -> None:
    """Nothing since then has a word of English in it."""
    for shown in (each for each in chat.log[since:] if each.message.language in ("sk", "sl")):
        assert not ENGLISH & set(re.findall(r"[a-z']+", shown.text.lower())), shown.text


async def to_the_audience(eva: Chat, new: str, said: str) -> None:
    """A new broadcast, up to whom it goes."""
    await eva.press(new)
    await eva.say("November")
    await eva.say(said)
    await eva.press("skip")
    await eva.press("skip")
    await eva.press("nothing")


NEW = [("sk", "Nová hromadná správa", "Ahoj"), ("sl", "Novo skupinsko sporočilo", "Zdravo")]
WRONG_FILTERS = (
    "counrty:DE", "country:Atlantis and persona:bot", "residence:international aj",
    "(country:DE", "not", "last_active:yesterday", "@viena", "event:x/came", 'city:"Wien',
)  # fmt: skip
WRONG_TEXTS = (
    "{% nonsense %}", "{{ name", "{{ name.upper() }}", "{{ name|upper }}", "{{ name }}",
    "{% for a in name %}{% endfor %}", "[x](file:///etc/passwd)", "{{ 7 }}", "{{ name ~ city }}",
)  # fmt: skip


@pytest.mark.parametrize(("locale", "new", "hello"), NEW)
async def test_a_wrong_filter_is_explained_in_the_staff_s_language(
    chat: Users, database: Database, locale: str, new: str, hello: str
) -> None:
    eva = await at_work(chat, database, locale=locale)
    await to_the_audience(eva, new, hello)
    since = len(eva.log)
    told = {}
    for wrong in WRONG_FILTERS:
        await eva.say(wrong)
        told[wrong] = eva.last.text
        assert wrong in eva.last.text
        assert "^" in eva.last.text
    own_words(eva, since)
    expected = {
        "sk": ("pole „counrty“ neexistuje; mysleli ste country?",
               "persona: typ človeka „bot“ neexistuje; možnosti: expat, local"),
        "sl": ("polja »counrty« ni; ste mislili country?",
               "persona: vrsta osebe »bot« ne obstaja; možnosti: expat, local"),
    }[locale]  # fmt: skip
    assert expected[0] in told["counrty:DE"]
    assert expected[1] in told["country:Atlantis and persona:bot"]
    await eva.say("country:DE")
    await eva.press("done")
    assert statuses(database) == [("november-1122", "draft")]


@pytest.mark.parametrize(
    ("locale", "new", "said"),
    [
        ("sk", NEW[0][1],
         "2: premenná {{ nmae }} neexistuje; mysleli ste name?"
         " K dispozícii sú name, city, country, organisation, programme"),
        ("sl", NEW[1][1],
         "2: spremenljivke {{ nmae }} ni; ste mislili name?"
         " Na voljo so name, city, country, organisation, programme"),
    ],
)  # fmt: skip
async def test_an_unknown_variable_is_explained_in_the_staff_s_language(
    chat: Users, database: Database, locale: str, new: str, said: str
) -> None:
    eva = await at_work(chat, database, locale=locale)
    await eva.press(new)
    await eva.say("November")
    since = len(eva.log)
    await eva.say("Ahoj\n{{ nmae }}")
    assert said in eva.last.text
    for wrong in WRONG_TEXTS:
        await eva.say(wrong)
        assert "1: " in eva.last.text, wrong
    own_words(eva, since)
    await eva.say("Ahoj {{ name }}")
    assert "1: " not in eva.last.text


async def to_the_hours(eva: Chat, new: str, day: str) -> None:
    """A new event, up to its hours."""
    await eva.press(new)
    await eva.press("none")
    await eva.say("Brunch")
    await eva.press("skip")
    await eva.press("skip")
    await eva.say("Raňajky")
    await eva.press("place")
    await eva.say("Kasárne")
    await eva.press("Europe/Bratislava")
    await eva.say(day)


async def to_the_card(eva: Chat) -> None:
    await eva.press("skip")
    await eva.press("0")
    await eva.press("skip")
    await eva.press("everybody")
    await eva.press("done")


EVENTS = [
    ("sk", "Nové podujatie", "Nedeľa 13. decembra", "pondelok 14. decembra", "už bolo začalo"),
    ("sl", "Nov dogodek", "Nedelja, 13. decembra", "ponedeljek, 14. decembra", "že začel"),
]


@pytest.mark.parametrize(("locale", "new", "first", "last", "begun"), EVENTS)
async def test_an_end_before_the_start_is_on_the_next_day_and_says_so(
    chat: Users, database: Database, locale: str, new: str, first: str, last: str, begun: str
) -> None:
    await register_expat(chat(), "invitations")
    eva = await at_work(chat, database, locale=locale)
    await to_the_hours(eva, new, "13.12.2026")
    since = len(eva.log)
    await eva.press("0")
    await eva.say("18:00")
    await eva.say("02:00")
    await to_the_card(eva)
    own_words(eva, since)
    card = next(
        each.text for each in eva.log[since:] if "02:00" in each.text and first in each.text
    )
    assert last in card
    assert begun not in eva.last.text


@pytest.mark.parametrize(("locale", "new", "first", "last", "begun"), EVENTS)
async def test_an_event_that_has_begun_is_explained_in_the_staff_s_language(
    chat: Users, database: Database, locale: str, new: str, first: str, last: str, begun: str
) -> None:
    eva = await at_work(chat, database, locale=locale)
    await to_the_hours(eva, new, "22.11.2026")
    since = len(eva.log)
    await eva.press("0")
    await eva.say("06:00")
    await eva.say("04:00")
    await to_the_card(eva)
    assert begun in eva.last.text
    own_words(eva, since)
    assert rows(database, "SELECT count(*) FROM event") == [(0,)]


@pytest.mark.parametrize(
    ("locale", "new", "hello", "said"),
    [
        (*NEW[0],
         "Nepodarilo sa: hromadná správa november-1122 (stav: koncept):"
         " pozastaviť možno len tú, ktorá sa posiela"),
        (*NEW[1],
         "Ni uspelo: skupinsko sporočilo november-1122 (stanje: osnutek):"
         " ustaviti je mogoče samo tisto, ki se pošilja"),
    ],
)  # fmt: skip
async def test_what_cannot_be_done_is_explained_in_the_staff_s_language(
    chat: Users, database: Database, locale: str, new: str, hello: str, said: str
) -> None:
    await register_expat(chat(), "invitations")
    eva = await at_work(chat, database, locale=locale)
    await to_the_audience(eva, new, hello)
    await eva.press("everybody")
    await eva.press("done")
    since = len(eva.log)
    await eva.send_press("m", "=staff.pause.1")
    assert eva.last.text == said
    for press in ("send.1.1.a202001011000", "send.1.1.a209913011000", "resume.1", "pause.7"):
        await eva.send_press("m", f"=staff.{press}")
    own_words(eva, since)


@pytest.mark.parametrize(
    ("error", "locale", "said"),
    [
        (WrongState("something only the log knows"), "sk",
         "Teraz to nejde. Dôvod povie príkazový riadok: domov."),
        (WrongState("something only the log knows"), "sl",
         "Tega zdaj ni mogoče narediti. Razlog pove ukazna vrstica: domov."),
        (NotAllowed("something only the log knows"), "sk", "Na toto nemáte oprávnenie."),
        (NotFound("something only the log knows"), "sl", "Tega ni več."),
    ],
)  # fmt: skip
async def test_what_has_no_words_shows_no_english(
    chat: Users, database: Database, monkeypatch: pytest.MonkeyPatch,
    error: OutreachError, locale: str, said: str,
) -> None:  # fmt: skip
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(life, "pause", refuse)
    eva = await at_work(chat, database, locale=locale)
    await to_the_audience(eva, *{each[0]: each[1:] for each in NEW}[locale])
    await eva.press("everybody")
    await eva.press("done")
    await eva.send_press("m", "=staff.pause.1")
    assert eva.last.text == said
