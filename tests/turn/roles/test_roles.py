"""Everything that staff can do, tried by every role: refused exactly below what it needs, and
then nothing is written; allowed it leaves one line in the log."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any, TypeAlias

import pytest

from bot.incoming import Text
from bot.turn.context import House
from outreach.errors import NotAllowed
from outreach.staff import COORDINATOR, VIEWER
from storage.database import Database
from tests.turn.roles.acts import ACTS
from tests.turn.roles.pages import PAGES, Page
from tests.turn.roles.talks import TALKS
from tests.turn.roles.world import ELSEWHERE, ROLES, TURN, Case, World, make, may

Worlds: TypeAlias = Callable[[str], World]
# On SQLite everybody; on PostgreSQL those on either side of what most of it needs.
TRIED = [*(("sqlite", role) for role in ROLES), ("postgresql", VIEWER), ("postgresql", COORDINATOR)]
everybody = pytest.mark.parametrize(("world", "role"), TRIED, indirect=["world"])
on_sqlite = pytest.mark.parametrize("world", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def worlds(request: pytest.FixtureRequest, house: House, tmp_path_factory: Any) -> Iterator[Worlds]:
    """Makes the world of a kind of database when it is first asked for: one for all cases,
    because nothing that is done in it stays."""
    with ExitStack() as until:

        @cache
        def world(dialect: str) -> World:
            if dialect == "sqlite":
                path = tmp_path_factory.mktemp("roles") / "domov.sqlite3"
                shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
                url = f"sqlite:///{path}"
            else:
                url = until.enter_context(request.getfixturevalue("postgresql_databases").lend())
            database = Database.open(url)
            until.callback(database.close)
            return make(database, house)

        yield world


@pytest.fixture
def world(request: pytest.FixtureRequest, worlds: Worlds) -> World:
    return worlds(request.param)


@everybody
@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_refused_below_its_role(world: World, name: str, role: str) -> None:
    act = ACTS[name]
    with world.case(role) as case:
        if may(role, act.role):
            act.do(case)
            assert case.logged() == [(act.logs, "cike")] * (act.logs is not None)
        else:
            before = case.tables()
            with pytest.raises(NotAllowed):
                act.do(case)
            assert case.tables() == before


@everybody
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.press)
def test_a_page_shows_and_does_nothing_below_its_role(world: World, page: Page, role: str) -> None:
    with world.case(role) as case:
        before = case.tables(TURN)
        said = case.press(page.pressed(case))
        said += case.wait()
        for needed, words in page.says.items():
            assert (words in said) is _may(page, role, needed), (needed, said)
        allowed = _may(page, role, page.role)
        assert _logged_for_cike(case) == [page.logs] * (allowed and page.logs is not None)
        if not allowed:
            assert case.tables(TURN) == before
            assert not case.prepares()


def _may(page: Page, role: str, needed: str) -> bool:
    return may(role, needed) or (page.anywhere and role == ELSEWHERE)


def _logged_for_cike(case: Case) -> list[str]:
    return [action for action, organisation in case.logged() if organisation == "cike"]


@on_sqlite
@pytest.mark.parametrize("page", [each for each in PAGES if each.later], ids=lambda p: p.press)
def test_who_loses_their_role_is_not_told_what_took_longer(world: World, page: Page) -> None:
    """Between a press and its answer thousands may have to be counted."""
    assert page.later is not None
    for role in ROLES:
        if may(role, page.later):
            continue
        with world.case("coordinator") as case:
            case.press(page.pressed(case))
            case.becomes(role)
            before, logged = case.tables(TURN), case.logged()
            said = case.wait()
            assert "Your role does not allow this" in said
            assert not any(words in said for words in page.says.values()), said
            assert case.logged() == logged
            assert case.tables(TURN) == before


@everybody
@pytest.mark.parametrize("name", TALKS)
def test_a_conversation_ends_in_nothing_below_its_role(world: World, name: str, role: str) -> None:
    """Who was a coordinator when it began, and is not when it ends."""
    talk = TALKS[name]
    said_or_kept = TURN | {"inbox"}  # what was typed when the conversation was over already
    with world.case("coordinator") as case:
        talk.begin(case)
        case.becomes(role)
        before = case.tables(said_or_kept)
        said = case.send(Text(talk.last))
        said += case.wait()
        allowed = may(role, COORDINATOR)
        assert (talk.says in said) is allowed, said
        assert case.logged() == [(talk.logs, "cike")] * (allowed and talk.logs is not None)
        if not allowed:
            assert case.tables(said_or_kept) == before
            assert case.prepares() <= (role == ELSEWHERE)
