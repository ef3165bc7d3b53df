"""Everything held of a person, as a page to read: in their language, safe, complete, and nobody
else's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from bot.turn.context import House
from bot.turn.copy.made import Copy
from bot.turn.copy.page import REST, SHOWN, page
from messages.message import File
from storage.database import Database
from storage.layout import tables
from storage.left_out import REASONS
from storage.privacy import everything_held
from storage.statements import sql
from tests.fakes.chat import Chat
from tests.turn.talks import answer_survey, complete_expat, register_expat

Users = Callable[..., Chat]
VOID = {"meta", "br"}
HOSTILE = '<script>alert(1)</script> & "quotes"'


class Page(HTMLParser):
    """The page as a reader has it: ``text`` and the headings; every tag must be closed."""

    def __init__(self, file: File) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[tuple[str, str]] = []
        self.feed(file.text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open and self.open[-1] != "style":
            self.words.append((self.open[-1], data.strip()))

    @property
    def text(self) -> str:
        return "\n".join(words for _, words in self.words)

    def of(self, tag: str) -> list[str]:
        return [words for each, words in self.words if each == tag]


async def files(chat: Chat) -> list[File]:
    shown = await chat.say("/mydata")
    return [each.message.file for each in shown if each.message.file]


@pytest.mark.parametrize(
    ("language", "name", "title", "sections"),
    [
        ("en", "my-data.html", "What we know about you", ("Who gets it", "What you agreed to")),
        ("sk", "moje-udaje.html", "Čo o vás vieme", ("Kto údaje dostáva", "S čím ste súhlasili")),
        (
            "sl",
            "moji-podatki.html",
            "Kaj vemo o vas",
            ("Kdo podatke prejme", "O vas"),
        ),
    ],
)
async def test_the_page_tells_what_must_be_told_in_their_language(
    chat: Users, house: House, language: str, name: str, title: str, sections: tuple[str, ...]
) -> None:
    jana = chat(channel="telegram")
    await register_expat(jana)
    await complete_expat(jana)
    for survey in ("willingness", "formats"):
        await answer_survey(jana, survey)
    await jana.say(f"hello, {HOSTILE}")
    await jana.say(f"/language {language}")
    made, data = await files(jana)
    assert (made.name, made.media_type) == (name, "text/html")
    assert (data.name, data.media_type) == ("domov-mydata.json", "application/json")
    shown = Page(made)
    assert shown.tags[0] == ("html", {"lang": language})
    assert shown.of("h1") == [title]
    assert set(sections) <= set(shown.of("h2"))
    programme = house.blueprint.programme
    assert programme.recipients is not None
    for told in (
        programme.purpose[language], programme.retention[language], programme.rights[language],
        programme.recipients[language],
        *(each.privacy_contact for each in house.blueprint.organisations),
        *(house.words.text("privacy.seat", language, seat=each.seat)
          for each in house.blueprint.organisations),
    ):  # fmt: skip
        assert " ".join(told.split())[:60] in " ".join(shown.text.split())
    for fact in (
        "Jana Nováková",
        "Berlin",
        "jana@example.com",
        programme.notice_version,
        HOSTILE,
        "u1",
    ):
        assert fact in shown.text
    for survey in ("willingness", "formats"):
        found = house.blueprint.survey(survey)
        assert found is not None
        assert found.questions[0].text[language] in shown.text


async def test_the_page_stands_alone_and_runs_nothing(chat: Users) -> None:
    jana = chat()
    await register_expat(jana)
    made, _ = await files(jana)
    shown = Page(made)
    assert {tag for tag, _ in shown.tags}.isdisjoint(
        {"script", "link", "img", "iframe", "object", "form", "a", "base"}
    )
    assert not [
        name for _, attributes in shown.tags for name in attributes
        if name in ("src", "href", "style") or name.startswith("on")
    ]  # fmt: skip
    assert "url(" not in made.text
    assert "@import" not in made.text


def _copy(house: House, held: dict[str, Any], language: str = "en") -> Copy:
    at = datetime(2026, 11, 22, 10, tzinfo=UTC)
    return Copy(held, {7: "Brunch"}, language, house.blueprint, house.words, at)


def test_every_table_stands_on_the_page_or_is_counted_there() -> None:
    told = {table.name for table in tables()} - set(REASONS)
    assert told - {"mentoring_log", "mentoring_meeting"} <= SHOWN | set(REST)


def _matched() -> dict[str, Any]:
    at = "2026-03-01T12:00:00Z"
    return {
        "person": [dict.fromkeys(("name", "organisation", "timezone")) | {"name": "Ana"}],
        "mentoring_match": [
            {"role": "mentee", "state": "introduced", "score": 21, "with": "Bor Kovač",
             "created_at": at, "deadline": at, "meetings": [{}]},
            {"role": "mentee", "state": "proposed", "created_at": at},
        ],
        "mentoring_next_best": [{"score": 31, "at": at}],
        "event": [{"id": 7, "key": "brunch", "host": True, "speaker": True, "starts_at": at}],
        "rsvp": [{"event_id": 7, "state": "going", "guests": 2, "checked_in_at": at,
                  "answered_at": at}],
        "inbox": [{"id": 4, "at": at, "text": "May I bring my dog?", "kind": "text"}],
        "inbox_reply": [{"inbox_id": 4, "name": "Eva", "text": "Of course"}],
        "staff": [{"name": "Ana", "created_at": at}],
        "staff_role": [{"organisation": "cike", "role": "admin"}],
        "staff_login": [{"channel": "telegram", "handle": "@ana"}],
        "staff_log": [{}, {}],
        "delivery": [
            {"lane": 0, "sent_at": at, "due_at": at},
            {"lane": 2, "sent_at": at, "due_at": at, "event_id": 7, "match_id": None,
             "request_id": None, "state": "sent"},
            {"lane": 1, "sent_at": None, "due_at": at, "event_id": None, "match_id": 3,
             "request_id": None, "state": "queued"},
        ],
        "conversation": [{}], "task": [{}, {}], "link_code": [{}], "mentoring_block": [{}],
        "quarantine": [{}],
    }  # fmt: skip


def test_what_somebody_does_beside_their_profile_is_told_in_words(house: House) -> None:
    shown = Page(File("", "", page(_copy(house, _matched())))).text
    for told in (
        "You as the mentee: Bor Kovač",
        "introduced, not met yet; 21 points; answer by",
        "1 meeting",
        "You were the next choice for someone",
        "31 points",
        "you're the host; you're a speaker",
        "going; with 2 guests; you were there",
        "May I bring my dog?",
        "Eva: Of course",
        "Creative Industry Košice",
        "admin",
        "@ana",
        "2 entries in the log",
        "1 answer to something you wrote",
        "the event Brunch",
        "waits to be sent",
        "2 scheduled items",
    ):
        assert told in shown, told


@pytest.mark.parametrize("language", ["sk", "sl"])
def test_no_english_stands_in_other_languages(house: House, language: str) -> None:
    """Every word of the program's own differs from the English page."""
    english = Page(File("", "", page(_copy(house, _matched()))))
    other = Page(File("", "", page(_copy(house, _matched(), language))))
    same = {"Ana", "Eva", "dog", "Telegram", "@ana", "CIKE", "Brunch"}
    leaks = {
        words for _, words in set(english.words) & set(other.words)
        if re.search("[a-z]{3}", words) and not any(each in words for each in same)
    }  # fmt: skip
    assert leaks == set()


async def test_who_is_gone_meanwhile_gets_nothing(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    with database.transaction() as tx:
        tx.run(sql("DELETE FROM delivery"))
        tx.run(sql("DELETE FROM person"))
        assert everything_held(tx, 1) == {}
