"""Everything that staff can do, tried by every role: refused exactly below what it needs, and
then nothing is written; allowed it leaves one line in the log."""

from __future__ import annotations

import pytest

from bot.incoming import Text
from outreach.errors import NotAllowed
from outreach.staff import COORDINATOR, VIEWER
from tests.turn.staff.acts import ACTS
from tests.turn.staff.pages import PAGES, Page
from tests.turn.staff.talks import TALKS
from tests.turn.staff.world import ELSEWHERE, ROLES, TURN, Case, World, may

# On SQLite everybody; on PostgreSQL those on either side of what most of it needs.
TRIED = [*(("sqlite", role) for role in ROLES), ("postgresql", VIEWER), ("postgresql", COORDINATOR)]
everybody = pytest.mark.parametrize(("world", "role"), TRIED, indirect=["world"])


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
        if role == VIEWER and page.later == COORDINATOR:  # nothing is counted for them
            assert "Your role doesn't allow this" in said
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
            assert "Your role doesn't allow this" in said
            assert not any(words in said for words in page.says.values()), said
            assert case.logged() == logged
            assert case.tables(TURN) == before


def test_whose_account_is_parted_is_not_told_what_took_longer(world: World) -> None:
    """Their phone was lost: the account is nobody's of the staff any more."""
    with world.case("coordinator") as case:
        case.press("figures")
        assert case.later
        case.run("DELETE FROM staff_login")
        assert case.wait() == "Your role doesn't allow this."


@everybody
@pytest.mark.parametrize("name", TALKS)
def test_a_conversation_ends_in_nothing_below_its_role(world: World, name: str, role: str) -> None:
    """Who was a coordinator when it began, and is not when it ends."""
    talk = TALKS[name]
    said_or_kept = TURN | {"inbox", "task"}  # what was typed when the conversation was over already
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
