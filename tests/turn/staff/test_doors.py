"""How staff get in: the menu, codes, conversations to go on with; and what a problem is told as."""

from __future__ import annotations

import orjson
import pytest

from bot.incoming import Command, Text
from outreach import staff
from storage import audiences
from storage import staff as store
from storage.database import sql
from storage.staff_log import Wanted, latest
from tests.outreach.inviting import NOW
from tests.turn.conftest import SECRET
from tests.turn.staff.world import LATER, Case

DOORS = (
    "[New event]\n[New broadcast]\n[Drafts and broadcasts]\n[Messages (1)]\n[Who is coming]\n"
    "[Mentoring (1)]\n[Figures]\n[Recent activity]"
)
OPEN = sql("SELECT params FROM conversation WHERE status = 'open'")
UNKNOWN = "I don't know this command. The menu shows what I can do."


def typed(case: Case, argument: str) -> str:
    return case.send(Command("staff", argument))


# ---- the menu ----


def test_the_menu_shows_what_a_role_allows(eva: Case) -> None:
    eva.run("DELETE FROM conversation")
    assert typed(eva, "") == f"For staff · coordinator\n• CIKE: coordinator\n{DOORS}"
    eva.becomes("admin")
    assert typed(eva, " ") == f"For staff · coordinator\n• CIKE: admin\n{DOORS}"
    eva.becomes("viewer")
    viewers = "[Messages]\n[Who is coming]\n[Mentoring]\n[Figures]"
    assert eva.see("menu") == f"For staff · coordinator\n• CIKE: viewer\n{viewers}"
    eva.becomes("no role")
    assert typed(eva, "").startswith(UNKNOWN)


def test_the_menu_names_every_organisation(eva: Case) -> None:
    eva.run("DELETE FROM conversation")
    store.set_role(eva.tx, eva.world.staff["coordinator"], "bsc_kranj", "viewer")
    store.set_role(eva.tx, eva.world.staff["coordinator"], "nasa", "admin")
    assert typed(eva, "") == (
        "For staff · coordinator\n• BSC Kranj: viewer\n• CIKE: coordinator\n• nasa: admin\n" + DOORS
    )
    # What the blueprint does not know any more opens nothing.
    eva.run("DELETE FROM staff_role WHERE organisation <> 'nasa'")
    assert typed(eva, "") == "For staff · coordinator\n• nasa: admin"


def test_the_menu_counts_proposals_where_they_may_be_approved(eva: Case) -> None:
    eva.run("UPDATE mentoring_match SET state = 'proposed' WHERE id = 3")
    assert "[Mentoring (1)]" in typed(eva, "")
    store.set_role(eva.tx, eva.world.staff["coordinator"], "bsc_kranj", "viewer")
    assert "[Mentoring (1)]" in typed(eva, "")
    store.set_role(eva.tx, eva.world.staff["coordinator"], "bsc_kranj", "coordinator")
    assert "[Mentoring (2)]" in typed(eva, "")
    eva.run("DELETE FROM mentoring_match")
    assert "[Mentoring]" in typed(eva, "")


@pytest.mark.parametrize("argument", ["nonsense", "nonsense.1", "menus", "7KQ2M-XW9TB-1", "."])
def test_what_is_no_page_shows_the_menu(eva: Case, argument: str) -> None:
    assert typed(eva, argument).startswith("For staff · coordinator\n")


# ---- what was left in the middle ----


def test_at_most_three_conversations_are_offered_to_go_on_with(eva: Case) -> None:
    eva.run("DELETE FROM conversation")
    for number, flow in enumerate(("staff_event", "survey", "staff_broadcast", "staff_event")):
        eva.talks(flow, {"organisations": ["cike"], "n": number}, {})
        eva.run("UPDATE conversation SET status = 'parked', updated_at = :at WHERE status = 'open'",
                at=f"2026-11-02T09:3{number}:00.000000Z")  # fmt: skip
    said = typed(eva, "")
    assert said.count("[Continue: new event]") == 2
    assert said.count("[Continue: new broadcast]") == 1
    assert "survey" not in said
    for number in range(4, 6):
        eva.talks("staff_event", {"organisations": ["cike"], "n": number}, {})
        eva.run("UPDATE conversation SET status = 'parked', updated_at = :at WHERE status = 'open'",
                at=f"2026-11-02T09:3{number}:00.000000Z")  # fmt: skip
    said = typed(eva, "")
    assert said.count("[Continue: new event]") == 3
    assert "[Continue: new broadcast]" not in said


def test_only_one_s_own_conversation_is_gone_on_with(eva: Case) -> None:
    own = eva.talk
    others = [n for n in range(1, 9) if n != own]
    for argument in (*map(str, others), "", "x", "-1", "9" * 30, f"{own}x"):
        assert eva.see(f"go_on.{argument}") == "This is no longer available.", argument
    assert eva.see(f"go_on.{own}").startswith("A new event. What kind of event is it?")
    eva.send(Text("Something else"))
    assert eva.see(f"go_on.{own}") == "This is no longer available."  # it is open
    eva.run("UPDATE conversation SET status = 'parked', flow = 'mentor_request'")
    assert eva.see(f"go_on.{own}") == "This is no longer available."


def test_the_menu_leaves_a_conversation_for_later(eva: Case) -> None:
    eva.press(f"go_on.{eva.talk}")
    assert eva.prepares()
    assert "[Continue: new event]" in typed(eva, "")
    assert not eva.prepares()


def test_who_leaves_a_conversation_is_shown_the_menu(eva: Case) -> None:
    eva.press(f"go_on.{eva.talk}")
    said = eva.send(Text("cancel"))
    assert "\n\nFor staff · coordinator\n" in said
    eva.press(f"go_on.{eva.talk}")
    eva.becomes("viewer")
    assert "For staff" not in eva.send(Text("cancel"))


# ---- codes ----


@pytest.mark.parametrize(("channel", "opens"), [("slack", "/domov staff"), ("telegram", "/staff")])
@pytest.mark.parametrize("shape", ["{}", "  {} ", "lower", "blank", "bare"])
def test_a_code_is_heard_as_it_is_typed(eva: Case, channel: str, opens: str, shape: str) -> None:
    code, _ = staff.new_code(eva.tx, eva.world.staff["admin"], SECRET, LATER)
    code = {
        "lower": code.lower(), "blank": code.replace("-", " "), "bare": code.replace("-", ""),
    }.get(shape, shape.format(code))  # fmt: skip
    said = eva.send(Command("staff", code), channel=channel)
    assert said.startswith(
        f"Welcome, admin. From now on I know you here; {opens} opens this menu at any time.\n\n"
        "For staff · admin\n• CIKE: admin\n"
    )
    (line,) = latest(eva.tx, Wanted(action="staff.bound"), 9)
    assert (line.actor, line.detail) == ("admin", {"channel": channel})


def test_a_code_that_is_none_binds_nobody(eva: Case) -> None:
    before = store.everybody(eva.tx)
    for code in ("AAAAA-BBBBB", "AAAAABBBBB", "aaaaa bbbbb"):
        assert typed(eva, code) == (
            "I don't know this code, or it has expired. An admin can make you a new one."
        )
    assert store.everybody(eva.tx) == before


def test_the_code_of_somebody_without_a_role_binds_and_opens_nothing(eva: Case) -> None:
    code, _ = staff.new_code(eva.tx, eva.world.staff["no role"], SECRET, LATER)
    assert typed(eva, code).startswith("Welcome, no role.")
    assert typed(eva, "").startswith(UNKNOWN)


# ---- what conversations are opened with ----


def test_saved_audiences_stand_on_buttons_where_they_are_one_s_own(eva: Case) -> None:
    for key, organisation in (
        ("all-of-us", None), ("berlin", "cike"), ("kranj", "bsc_kranj"), ("c" * 38, "cike"),
        ("d" * 39, "cike"), ("e", None), ("f", None), ("g", None), ("h", None),
    ):  # fmt: skip
        audiences.put(eva.tx, key, organisation, "everybody", None, NOW)
    eva.press("new_event")
    row = eva.tx.run(OPEN).fetchone()
    assert row is not None
    saved = ["all-of-us", "berlin", "c" * 38, "e", "f", "g"]
    assert orjson.loads(row[0]) == {"organisations": ["cike"], "audiences": saved}
    store.set_role(eva.tx, eva.world.staff["coordinator"], "bsc_kranj", "coordinator")
    eva.press("new_broadcast")
    row = eva.tx.run(OPEN).fetchone()
    assert row is not None
    both = orjson.loads(row[0])
    assert both == {"organisations": ["cike", "bsc_kranj"], "audiences": saved}
    eva.run("DELETE FROM audience WHERE key IN ('e', 'f')")
    eva.press("new_broadcast")
    row = eva.tx.run(OPEN).fetchone()
    assert row is not None
    assert orjson.loads(row[0])["audiences"] == [
        "all-of-us", "berlin", "c" * 38, "g", "h", "kranj",
    ]  # fmt: skip


# ---- answers that need more than the flow ----


def test_a_filter_and_a_text_are_looked_at_before_they_are_taken(eva: Case) -> None:
    eva.talks("staff_broadcast", {"organisations": ["cike"], "audiences": []}, {"name": "News"})
    said = eva.send(Text("Hello {{ nmae }}\nand {{ cuontry }}"))
    assert said.startswith("Something is wrong with this text:\n\n1: "), said
    assert "did you mean name" in said
    assert "\n2: " in said
    assert "did you mean country" in said
    assert "(English)" in eva.send(Text("Hello {{ name }}"))
    answers = {"name": "News", "body_sk": "Ahoj", "body_en": None, "body_sl": None,
               "below": "nothing"}  # fmt: skip
    eva.talks("staff_broadcast", {"organisations": ["cike"], "audiences": []}, answers)
    said = eva.send(Text("@nobody-saved-it"))
    assert said.startswith("I can't read this filter"), said
    audiences.put(eva.tx, "saved", None, "country:DE", None, NOW)
    assert eva.send(Text("@saved")).startswith("The broadcast. Is everything correct?")
