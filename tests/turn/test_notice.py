"""Consent to the word: the words are stored once a version and language, each consent says which
were read, and other words under an old version are refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from blueprints.schema import Texts
from bot.turn import notice
from bot.turn.context import House
from storage import notice_texts
from storage.database import Database
from tests.fakes.chat import START, Chat
from tests.turn.talks import register_expat, rows

Users = Callable[..., Chat]
LOG = (
    "SELECT l.purpose, l.given, l.notice_version, l.channel, l.language, n.version, n.language,"
    " n.text FROM consent_log l LEFT JOIN notice_text n ON n.id = l.words_id ORDER BY l.id"
)


def other(house: House, **changes: Any) -> House:
    """The house with another notice."""
    programme = house.blueprint.programme.model_copy(update=changes)
    return replace(house, blueprint=house.blueprint.model_copy(update={"programme": programme}))


def words(house: House, text: str, language: str = "sk") -> House:
    """Other words about how long, in one language."""
    changed = {**house.blueprint.programme.retention.root, language: text}
    return other(house, retention=Texts(changed))


def test_the_words_are_all_that_is_read_before_agreeing(house: House) -> None:
    programme = house.blueprint.programme
    for language, text in notice.texts(house).items():
        told = (programme.purpose, programme.retention, programme.rights)
        labels = [each.label for each in house.blueprint.purposes]
        details = [each.detail for each in house.blueprint.purposes]
        controllers = [each.controller for each in house.blueprint.organisations]
        for each in (*told, *labels, *details, *controllers):
            assert " ".join(each[language].split()) in " ".join(text.split())
    assert set(notice.texts(house)) == set(house.blueprint.languages)


def test_words_are_stored_once_and_stay(database: Database, house: House) -> None:
    with database.transaction() as tx:
        notice.keep(tx, house, START)
        notice.keep(tx, words(house, "Na veky."), START + timedelta(days=1))
    stored = "SELECT version, language, sha256, text FROM notice_text ORDER BY language"
    assert rows(database, stored) == [
        ("2026-1", language, notice_texts.digest(text), text)
        for language, text in sorted(notice.texts(house).items())
    ]


def test_other_words_under_an_old_version_are_named_with_the_remedy(
    database: Database, house: House
) -> None:
    changed = words(house, "Na veky.")
    with database.transaction() as tx:
        assert notice.changed(tx, changed) == []
        notice.keep(tx, house, START)
        assert notice.changed(tx, house) == []
        (told,) = notice.changed(tx, changed)
        assert "[programme] notice_version: the words of the notice or the consents in 'sk'" in told
        assert "stored under '2026-1' on 2026-11-22" in told
        assert "another notice_version" in told
        assert len(notice.changed(tx, words(changed, "Forever.", "en"))) == 2
        assert notice.changed(tx, other(changed, notice_version="2026-2")) == []


async def test_each_consent_says_version_language_channel_and_words(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat(channel="telegram", locale="en")
    await register_expat(jana)
    await jana.say("/language sl")
    await jana.say("/consents")
    await jana.press("mentoring")
    await jana.press("done")
    log = rows(database, LOG)
    texts = notice.texts(house)
    assert {row[2:] for row in log[:-1]} == {
        ("2026-1", "telegram", "en", "2026-1", "en", texts["en"])
    }
    assert (log[-1][0], bool(log[-1][1])) == ("mentoring", True)
    assert log[-1][2:] == ("2026-1", "telegram", "sl", "2026-1", "sl", texts["sl"])


@pytest.mark.parametrize(
    ("material", "fine"),
    [
        ([False, False], None),
        ([True, False], {"1", "2"}),
        ([False, True], {"2"}),
        ([True, True, False], {"2", "3"}),
        ([False, True, False, False], {"2", "3", "4"}),
    ],
)
def test_versions_since_the_last_material_one_need_no_asking(
    database: Database, material: list[bool], fine: set[str] | None
) -> None:
    with database.transaction() as tx:
        for number, each in enumerate(material, 1):
            for language in ("sk", "en"):
                notice_texts.keep(
                    tx, str(number), {language: f"{number}"}, START + timedelta(days=number),
                    material=each,
                )  # fmt: skip
        found = notice_texts.fine(tx)
        assert (None if found is None else set(found)) == fine


def test_that_a_version_is_material_can_be_said_later(database: Database) -> None:
    with database.transaction() as tx:
        notice_texts.keep(tx, "1", {"sk": "one"}, START, material=False)
        assert notice_texts.fine(tx) is None
        notice_texts.keep(tx, "1", {"sk": "one"}, START, material=True)
        assert notice_texts.fine(tx) == {"1"}
