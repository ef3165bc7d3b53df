"""Nothing that staff can do is missing from the tables that test_roles.py tries."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from bot.turn.staff.pages import PAGES as KNOWN_PAGES
from flows.engine import names
from tests.turn.staff.acts import ACTS, NO_ACTS, name_of
from tests.turn.staff.pages import PAGES
from tests.turn.staff.talks import TALKS

ROOT = Path(__file__).parents[3]
NO_PAGES = {
    "bot.turn.staff.access.tell_admins": "what admins hear when an account is bound",
    "bot.turn.staff.access.organisations": "where an actor has a role; every page asks it",
    "bot.turn.staff.drafting.own_broadcast": "asks for the role on behalf of pages",
    "bot.turn.staff.drafting.own_event": "asks for the role on behalf of pages",
    "bot.turn.staff.drafting.params": "refuses the conversations of new_event and new_broadcast",
    "bot.turn.staff.inbox.door": "a button of the menu",
    "bot.turn.staff.mentoring.door": "a button of the menu",
    "bot.turn.staff.mentoring.pair": "names of a pair, as far as an actor may see them",
    "bot.turn.staff.mentoring.whose": "a name, where an actor may see it",
    "bot.turn.staff.progress.controls": "the buttons below a broadcast that goes out",
}
"""What takes an actor in the chat and is no page -> why."""
RECOGNISING = {
    "bot/turn/staff/access.py": "every page and conversation of theirs",
}
"""Where it is asked whether somebody is of the staff -> for what."""


def modules(folder: str, word: str) -> Iterator[tuple[str, ast.Module]]:
    """Those in which a word stands."""
    for file in sorted((ROOT / folder).rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if word in text:
            yield file.relative_to(ROOT).as_posix(), ast.parse(text)


def take_an_actor(folder: str) -> set[str]:
    """Public functions with an argument of the type Actor."""
    found = set()
    for path, module in modules(folder, "Actor"):
        for node in module.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
                if any("Actor" in ast.unparse(each.annotation or node) for each in arguments):
                    found.add(f"{path.removesuffix('.py').replace('/', '.')}.{node.name}")
    return found


def using(folder: str, name: str) -> set[str]:
    """Files in which a name is used."""
    return {
        path
        for path, module in modules(folder, name)
        for node in ast.walk(module)
        if getattr(node, "attr", getattr(node, "id", None)) == name
    }


def test_every_act_is_tried_by_every_role() -> None:
    tried = {act.does for act in ACTS.values()}
    assert not tried & NO_ACTS.keys()
    assert take_an_actor("outreach") == tried | NO_ACTS.keys()


def test_every_page_is_pressed_by_every_role() -> None:
    assert {page.name for page in PAGES} == KNOWN_PAGES.keys()
    pages = {name_of(page) for page in KNOWN_PAGES.values()}
    pages = {name for name in pages if not name.rpartition(".")[2].startswith("_")}
    assert not pages & NO_PAGES.keys()
    assert take_an_actor("bot/turn") == pages | NO_PAGES.keys()


def test_every_conversation_of_the_staff_is_ended_by_every_role() -> None:
    known = {name for name in names() if name.startswith("staff_")}
    assert {talk.flow for talk in TALKS.values()} == known


def test_what_takes_longer_asks_for_the_role_once_more() -> None:
    """Pages look things up by access.look_up, which does."""
    assert using("bot/turn/staff", "Later") == {"bot/turn/staff/access.py"}


def test_staff_are_recognised_in_these_places_alone() -> None:
    assert using("bot", "recognise") == RECOGNISING.keys()


def test_the_log_has_one_writer() -> None:
    assert using("outreach", "staff_log") == {"outreach/staff.py"}
    readers = {"bot/cli/staffing.py", "bot/turn/staff/lists.py"}
    assert using("bot", "staff_log") == readers
