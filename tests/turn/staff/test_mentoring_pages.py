"""Mentoring for staff, to the word: figures, requests, mentors, proposals, quiet pairs, a match."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.turn.staff import matching
from storage import staff_log, tasks
from storage.mentoring import blocks, lists, matches, requests
from storage.staff_log import Wanted
from tests.outreach.inviting import NOW
from tests.storage.mentoring_data import ask, member, offer, pair, share
from tests.turn.staff.world import LATER, Case

MOST_LINES, MOST_BUTTONS, GOAL_LENGTH = 15, 8, 120
DAY = timedelta(days=1)
WAYS = "[Mentoring]\n[Staff menu]"
DECIDED = "[Proposals to approve]\n[Mentoring]"


def read_of(case: Case) -> list[tuple[str, str | None, str | None, int | None]]:
    """What is noted of their reading, the latest first."""
    lines = staff_log.latest(case.tx, Wanted(staff=case.actor.staff), 9)
    return [(each.action, each.organisation, each.subject, each.people) for each in lines]


def locals_ask(case: Case, count: int, first: int = 100, **values: Any) -> None:
    for number in range(first, first + count):
        ask(case.tx, member(case.tx, number, f"Local {number}", "local"), **values)


def mentors_offer(case: Case, count: int, first: int = 200, **values: Any) -> None:
    for number in range(first, first + count):
        offer(case.tx, member(case.tx, number, f"Mentor {number}", "expat"), **values)


# ---- figures ----


def test_the_figures_leave_out_what_there_is_none_of(eva: Case) -> None:
    eva.run("DELETE FROM mentoring_match")
    eva.run("DELETE FROM mentoring_request")
    eva.run("DELETE FROM mentor_offer")
    assert eva.see("mentoring") == (
        "Mentoring · CIKE\n• Open requests: 0\n• Meetings held: 0\n"
        "[Open requests]\n[Mentors with free places]\n[Staff menu]"
    )


def test_the_figures_count_who_is_being_asked_and_who_waits(eva: Case) -> None:
    eva.run("UPDATE mentoring_match SET state = 'asked_mentor' WHERE id = 1")
    locals_ask(eva, 1, days=40)
    pair(eva.tx, None, 100, 16, state="asked_mentee")
    eva.run("UPDATE mentoring_match SET mentee_seen_at = NULL, mentor_seen_at = NULL WHERE id = 2")
    assert (
        eva.see("mentoring")
        == """\
Mentoring · CIKE
• Open requests: 3
• Half have waited less than: 40 days
• Waiting too long: 1
• Waiting for a yes: 2
• Free places with mentors: 3
• Pairs introduced: 1
• Pairs that have met: 1
• Meetings held: 1
[Open requests]
[Mentors with free places]
[Pairs gone quiet]
[Look for matches now]
[Staff menu]"""
    )


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM mentoring_request WHERE person_id = 3",  # the other one is proposed already
        "UPDATE mentor_offer SET status = 'off'",  # no place is free
    ],
)
def test_a_round_is_offered_where_it_could_find_somebody(eva: Case, change: str) -> None:
    assert "[Look for matches now]" in eva.see("mentoring")
    eva.run(change)
    assert "[Look for matches now]" not in eva.see("mentoring")


def test_viewers_see_no_figure_below_five(eva: Case) -> None:
    eva.becomes("viewer")
    locals_ask(eva, 2, days=60)
    few = eva.see("mentoring")
    assert "• Open requests: fewer than 5\n• Waiting too long: fewer than 5\n" in few
    assert "Half of them" not in few
    locals_ask(eva, 1, first=102, days=60)
    five = eva.see("mentoring")
    assert "• Open requests: fewer than 5\n" in five  # four for long, one other: each too few
    assert "Waiting too long: fewer than 5" in five
    locals_ask(eva, 1, first=103, days=60)
    assert (
        "• Open requests: at least 5\n• Half have waited less than: 60 days\n"
        "• Waiting too long: at least 5\n"
    ) in eva.see("mentoring")
    assert "Meetings held: fewer than 5" in five
    eva.run("DELETE FROM mentoring_meeting")
    assert "Meetings held: fewer than 5" in eva.see("mentoring")  # none tells as much as four


# ---- requests and mentors ----


def test_requests_say_all_that_is_known_of_them(eva: Case) -> None:
    goal = "  How to\nsell   abroad " + "x" * GOAL_LENGTH
    locals_ask(eva, 1, days=3, goal=goal, skills=(), urgency=None)
    locals_ask(eva, 1, first=101, days=2, goal="", skills=(), urgency=None)
    locals_ask(eva, 1, first=102, days=1, goal="", urgency="soon")
    eva.run("UPDATE person SET name = NULL WHERE id = 101")
    locals_ask(eva, 1, first=103, days=-1, goal="y" * GOAL_LENGTH, skills=())
    assert (
        eva.see("requests.cike")
        == f"""\
Open requests, longest wait first
• =Adam, 50 days: =1+1 · Teamwork, Planning · Within two weeks · proposed
• Cyril, 10 days: How to sell abroad · Teamwork, Planning
• Local 100, 3 days: How to sell abroad {"x" * (GOAL_LENGTH - 20)}…
• —, 2 days: —
• Local 102, 1 day: Teamwork, Planning · Within two months
• Local 103, 0 days: {"y" * GOAL_LENGTH}
{WAYS}"""
    )
    assert read_of(eva) == [("match.read", "cike", None, 6)]


def test_mentors_say_what_they_pass_on(eva: Case) -> None:
    offer(eva.tx, 11, capacity=4, skills=(), languages=(), topics="  Selling\n*abroad* ")
    eva.run("UPDATE person SET name = NULL WHERE id = 16")
    assert (
        eva.see("mentors.cike")
        == f"""\
Mentors with free places
• Mária: 3 of 4 free · Selling *abroad*
• —: 2 of 2 free · Teamwork · Slovak, English
{WAYS}"""
    )
    assert read_of(eva) == [("match.read", "cike", None, 2)]


@pytest.mark.parametrize("what", ["requests", "mentors"])
def test_a_list_is_as_long_as_fits_and_says_where_the_rest_is(eva: Case, what: str) -> None:
    more = f"• …: domov match {what} --organisation cike\n"
    fill = {"requests": locals_ask, "mentors": mentors_offer}[what]
    fill(eva, MOST_LINES - 2)  # there are two
    whole = eva.see(f"{what}.cike")
    assert whole.count("•") == MOST_LINES
    assert more not in whole
    fill(eva, 1, first=300)
    cut = eva.see(f"{what}.cike")
    assert cut.count("•") == MOST_LINES + 1
    assert cut.endswith(more + WAYS)
    assert [line[3] for line in read_of(eva)] == [MOST_LINES + 1, MOST_LINES]


def test_where_nobody_is_there_is_said_so_and_nothing_noted(eva: Case) -> None:
    eva.run("DELETE FROM mentoring_match")
    eva.run("DELETE FROM mentoring_request")
    eva.run("DELETE FROM mentor_offer")
    for page, told in (
        ("requests", "Nobody is waiting for a mentor."),
        ("mentors", "No mentor has a free place at the moment."),
        ("proposals", "No proposals are waiting."),
        ("quiet", "No pairs have gone quiet."),
    ):
        assert eva.see(f"{page}.cike") == f"{told}\n{WAYS}"
    assert read_of(eva) == []


def test_a_list_is_of_the_organisation_that_the_button_names(eva: Case) -> None:
    eva.run(
        "INSERT INTO staff_role (staff_id, organisation, role) VALUES (:id, 'bsc_kranj', 'viewer')",
        id=eva.actor.staff,
    )
    ask(eva.tx, 14, days=5, goal="Of Kranj")
    assert "Of Kranj" not in eva.see("requests.cike")
    assert "=Adam" not in eva.see("requests.bsc_kranj")
    both = eva.see("requests")
    assert both.count("Open requests, longest wait first") == 2
    assert [line[1] for line in read_of(eva)] == ["bsc_kranj", "cike", "bsc_kranj", "cike"]
    assert eva.see("requests.nasa") == both
    assert eva.see("mentoring").count("Mentoring · ") == 2


# ---- proposals and quiet pairs ----


def test_proposals_have_a_button_each_and_one_for_all(eva: Case) -> None:
    for number in range(100, 100 + MOST_BUTTONS):
        pair(eva.tx, None, member(eva.tx, number, f"Local {number}", "local"), 11)
    pair(eva.tx, None, 4, 11, organisation="bsc_kranj")
    said = eva.see("proposals.cike")
    assert said.startswith(
        "9 proposals are waiting for you. Press one to see it.\n[=Adam – Mária]\n"
    )
    assert said.count(" – Mária]") == MOST_BUTTONS
    assert said.endswith(f"[Approve all 9]\n{WAYS}")
    assert read_of(eva) == [("match.read", "cike", None, 2 * MOST_BUTTONS)]


def test_quiet_pairs_have_a_button_each(eva: Case) -> None:
    assert eva.see("quiet.cike") == (
        f"Pairs gone quiet. Press one to see it.\n[Beáta – Nina]\n{WAYS}"
    )
    assert read_of(eva) == [("match.read", "cike", None, 2)]
    for number in range(100, 100 + MOST_BUTTONS):
        who = member(eva.tx, number, f"Local {number}", "local")
        pair(eva.tx, None, who, 11, state="introduced", introduced_at=NOW - 200 * DAY)
    said = eva.see("quiet.cike")
    assert said.count(" – Mária]") == MOST_BUTTONS
    assert "Beáta" not in said  # silent for a shorter time
    assert read_of(eva)[0][3] == 2 * MOST_BUTTONS


# ---- a match ----


def test_a_proposal_is_shown_with_all_that_helps_to_decide(eva: Case) -> None:
    offer(eva.tx, 11, capacity=3, topics=" Selling\n abroad ")
    share(eva.tx, 14)
    assert (
        eva.see("match.1")
        == """\
=Adam – Mária · proposed
• What for: =1+1
• Skills: Teamwork, Planning
• Languages: Slovak, English
• How to meet: Online or in person
• The mentor offers: Teamwork · Selling abroad
• Next best: Oto, Petra

Why they're a good match:
• The mentor offers what they're looking for: Teamwork.
• The request has been waiting for 12 days.
[Approve]
[Take the next best]
[Never match these two]
[Proposals to approve]
[Mentoring]"""
    )
    assert read_of(eva) == [("match.read", "cike", "match:1", 2)]


def test_what_is_not_known_of_a_proposal_has_no_line(eva: Case) -> None:
    requests.update(eva.tx, 1, {"goal": "", "skills": (), "languages": (), "mode": "online"})
    offer(eva.tx, 11, skills=(), topics="")
    eva.run("UPDATE mentoring_match SET alternatives = '[]', reasons = '[]' WHERE id = 1")
    assert eva.see("match.1").startswith(
        "=Adam – Mária · proposed\n• How to meet: Online\n[Approve]"
    )
    eva.run("DELETE FROM mentoring_request WHERE id = 1")
    eva.run("DELETE FROM mentor_offer WHERE person_id = 11")
    assert eva.see("match.1").startswith("=Adam – Mária · proposed\n[Approve]")


@pytest.mark.parametrize(
    ("state", "told"),
    [("asked_mentor", "the mentor is being asked"), ("asked_mentee", "the mentee is being asked")],
)
def test_a_question_under_way_says_until_when(eva: Case, state: str, told: str) -> None:
    matches.update(eva.tx, 1, {"state": state, "deadline": NOW + 3 * DAY})
    said = eva.see("match.1")
    assert said.startswith(f"=Adam – Mária · {told}\n")
    assert "• Answer by: 5 November 2026, 10:30\n• Next best: Oto, a mentor of BSC" in said
    assert "Why they're a good match" in said
    assert said.endswith(f"[Close]\n[Never match these two]\n{DECIDED}")


def test_a_pair_says_since_when_they_know_each_other_and_who_is_silent(eva: Case) -> None:
    said = eva.see("match.2")
    assert (
        said
        == """\
Beáta – Nina · have met
• What for: How to sell abroad
• Skills: Teamwork, Planning
• Languages: Slovak, English
• How to meet: Online or in person
• The mentor offers: Teamwork
• Introduced: 13 September 2026, 11:30
• Meetings held: 1
• Silent since: Nina, 23 September 2026
[Close]
[Never match these two]
[Pairs gone quiet]
[Mentoring]"""
    )
    eva.run("UPDATE person SET timezone = 'Europe/London' WHERE id IN"
            " (SELECT person_id FROM identity WHERE user_id = 'coordinator')")  # fmt: skip
    matches.update(eva.tx, 2, {
        "state": "introduced", "meetings": 0, "meeting_at": LATER + DAY, "mentor_seen_at": None,
        "mentee_seen_at": None,
    })  # fmt: skip
    dated = eva.see("match.2")
    assert dated.startswith("Beáta – Nina · introduced, not met yet\n")
    assert "Introduced: 13 September 2026, 10:30\n• Meeting on: 3 November 2026, 10:30\n[" in dated
    matches.update(eva.tx, 2, {"meeting_at": LATER - DAY})
    both = eva.see("match.2")
    assert "Silent since: Nina, 13 September 2026\n• Silent since: Beáta, 13 September" in both


@pytest.mark.parametrize(
    ("reason", "line"), [("fit", "\n• Why it ended: They don't match\n"), ("moved", ""), (None, "")]
)
def test_what_is_over_says_why_where_staff_closed_it(
    eva: Case, reason: str | None, line: str
) -> None:
    matches.update(eva.tx, 2, {"state": "ended", "ended_at": NOW, "reason": reason})
    said = eva.see("match.2")
    assert said.startswith("Beáta – Nina · stopped\n")
    assert line in said
    assert ("Why it ended" in said) is bool(line)
    assert said.endswith(f"\n{DECIDED}")
    matches.update(eva.tx, 2, {"state": "met", "ended_at": None})
    assert "Why it ended" not in eva.see("match.2")


def test_who_left_is_not_named_and_not_counted(eva: Case) -> None:
    eva.run("UPDATE mentoring_match SET mentee_id = NULL, state = 'ended' WHERE id = 2")
    assert eva.see("match.2").startswith("a mentee who left – Nina · ")
    assert read_of(eva)[0] == ("match.read", "cike", "match:2", 1)
    eva.run("UPDATE mentoring_match SET mentor_id = NULL WHERE id = 2")
    # Nobody of it is cike's any more but the match itself.
    assert eva.see("match.2").startswith("a mentee who left – a mentor who left · ")
    assert read_of(eva)[0] == ("match.read", "cike", "match:2", 0)


def test_of_a_pair_across_organisations_each_sees_their_own(eva: Case) -> None:
    eva.run("UPDATE mentoring_match SET mentor_organisation = 'cike' WHERE id = 3")
    assert (
        eva.see("match.3")
        == """\
a mentee of BSC Kranj – Oto · introduced, not met yet
• Skills: Teamwork, Planning
• Languages: Slovak, English
• How to meet: Online or in person
• The mentor offers: Teamwork
• Introduced: 1 November 2026, 10:30
[Pairs gone quiet]
[Mentoring]"""
    )
    assert read_of(eva)[0] == ("match.read", "cike", "match:3", 2)
    eva.becomes("coordinator elsewhere")
    assert (
        eva.see("match.3")
        == """\
Drago – a mentor of CIKE · introduced, not met yet
• What for: How to sell abroad
• Skills: Teamwork, Planning
• Languages: Slovak, English
• How to meet: Online or in person
• Introduced: 1 November 2026, 10:30
[Close]
[Never match these two]
[Pairs gone quiet]
[Mentoring]"""
    )
    assert read_of(eva)[0] == ("match.read", "bsc_kranj", "match:3", 2)


def test_an_organisation_that_is_not_known_any_more_is_named_by_its_key(eva: Case) -> None:
    eva.run("UPDATE mentoring_match SET mentor_organisation = 'nasa' WHERE id = 1")
    assert eva.see("match.1").startswith("=Adam – a mentor of nasa · proposed\n")
    eva.run("UPDATE mentoring_match SET mentor_organisation = NULL WHERE id = 1")
    assert eva.see("match.1").startswith("=Adam – a mentor of — · proposed\n")


@pytest.mark.parametrize("page", ["match", "approve", "swap", "forbid", "close_match"])
def test_a_match_that_is_not_there_is_told(eva: Case, page: str) -> None:
    for number in ("", "0", "zz", "9", "-1", "ž"):
        assert eva.see(f"{page}.{number}") == "This is no longer available."


# ---- what is decided ----


def test_a_decision_that_came_too_late_shows_how_it_stands(eva: Case) -> None:
    matches.update(eva.tx, 1, {"state": "introduced", "introduced_at": NOW})
    said = eva.see("approve.1")
    assert said.startswith(
        "This has moved on in the meantime; here is how it stands now.\n\n"
        "=Adam – Mária · introduced, not met yet\n"
    )
    assert read_of(eva) == []


def test_the_second_best_says_who_it_is(eva: Case) -> None:
    said = eva.see("swap.1")
    assert said.startswith("Now proposed: Sára.\n\n=Adam – Sára · proposed\n")
    assert said.endswith(
        "[Approve]\n[Take the next best]\n[Never match these two]\n"
        "[Proposals to approve]\n[Mentoring]"
    )


def test_two_are_kept_apart_when_it_was_asked_and_confirmed(eva: Case) -> None:
    assert (
        eva.see("forbid.1")
        == """\
Never match =Adam – Mária again? This also ends the current proposal or pairing.
[Yes, never]
[No, keep it]"""
    )
    for sure in ("", "no", "y"):
        assert eva.see(f"forbid.1.{sure}") == eva.see("forbid.1")
    assert not blocks.between(eva.tx, 1, 11)
    assert eva.see("forbid.1.yes") == f"These two won't be matched again.\n{DECIDED}"
    assert blocks.between(eva.tx, 1, 11)


@pytest.mark.parametrize("reason", matching.CLOSING)
def test_a_pair_is_closed_with_one_of_the_reasons(eva: Case, reason: str) -> None:
    asked = """\
Why are you closing Beáta – Nina? Anyone who knows about it will be told kindly, without the reason.
[No time]
[They don't match]
[No answer]
[Another reason]
[No, keep it]"""
    assert eva.see("close_match.2") == eva.see("close_match.2.moved") == asked
    assert eva.see(f"close_match.2.{reason}").startswith("Closed.\n\nBeáta – Nina · stopped\n")
    line = lists.match(eva.tx, 2)
    assert line is not None
    assert (line.state, line.reason) == ("ended", reason)


def test_all_are_approved_some_at_a_time(eva: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "AT_ONCE", 2)
    for number in range(100, 104):
        request = ask(eva.tx, member(eva.tx, number, f"Local {number}", "local"))
        mentors_offer(eva, 1, first=number + 100)
        pair(eva.tx, request, number, number + 100)
    eva.run("DELETE FROM mentor_offer WHERE person_id = 203")  # has gone meanwhile
    for confirmed in ("", "x", "0", "4"):
        told = eva.see(f"approve_all.cike.{confirmed}")
        assert told == ("There are now 5 proposals. Please look again.\n[Proposals to approve]")
    assert eva.press("approve_all.cike.5") == ""
    rounds = 0
    said = ""
    while eva.later:
        rounds += 1
        said += eva.wait_once()
    assert (rounds, said) == (3, f"Approved; we're asking 4 mentors.\n{DECIDED}")
    assert lists.proposed(eva.tx, "cike") == [7]
    eva.run("DELETE FROM mentoring_match")
    assert eva.see("approve_all.cike.5") == "No proposals are waiting.\n[Proposals to approve]"


def test_a_round_that_would_ask_at_once_is_confirmed_first(eva: Case) -> None:
    assert eva.see("round.cike") == (
        f"A round has started. Its proposals will be here in a moment.\n{DECIDED}"
    )
    assert len(tasks.of(eva.tx, "round:cike")) == 1
    unattended = eva.blueprint.mentoring.model_copy(update={"unattended": True})
    eva.follows(eva.blueprint.model_copy(update={"mentoring": unattended}))
    eva.run("DELETE FROM task")
    asked = eva.see("round.cike")
    # The other request is proposed already.
    assert (
        asked
        == """\
Here a round contacts mentors straight away, for up to 1 request. Start it?
[Yes, start]
[Mentoring]"""
    )
    assert eva.see("round.cike.no") == asked
    assert tasks.of(eva.tx, "round:cike") == []
    eva.press("round.cike")
    eva.becomes("viewer")
    assert eva.wait() == "Your role doesn't allow this."
    eva.becomes("admin")
    assert "A round has started" in eva.see("round.cike.yes")
    assert len(tasks.of(eva.tx, "round:cike")) == 1
