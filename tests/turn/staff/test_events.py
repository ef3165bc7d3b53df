"""An event prepared in the chat: kept, changed, reviewed and announced; to the word."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.incoming import Text
from bot.turn.staff.events import answers_of
from bot.turn.staff.review import still
from messages.base36 import base36
from outreach.audience import Counted
from outreach.events.model import details_of, differences
from storage import events
from storage.events import EventRow
from tests.outreach.inviting import STARTS, event, person
from tests.turn.staff.world import LATER, Case

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BRATISLAVA = ZoneInfo("Europe/Bratislava")
MENU = "[Change]\n[Discard]\n[Staff menu]"
WHOLE: dict[str, Any] = {
    "status": "draft",
    "format": "networking",
    "title": {"sk": "Brunč", "en": "Brunch", "sl": "Brunch"},
    "description": {"sk": "Raňajky", "en": "Breakfast"},
    "place": {"": "Tabačka"},
    "link": "https://example.org/x",
    "capacity": 40,
    "guests": 3,
    "rsvp_until": datetime(2026, 11, 21, tzinfo=BRATISLAVA),
    "audience": "country:DE",
}


def row(case: Case, key: str = "draft") -> EventRow:
    found = events.by_key(case.tx, key)
    assert found is not None
    return found


def draft(case: Case, **values: Any) -> EventRow:
    return event(case.tx, "whole", **{**WHOLE, **values})


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"format": None, "link": None, "capacity": None, "guests": 0, "rsvp_until": None,
         "audience": "everybody"},
        {"place": {}},
        {"ends_at": STARTS + DAY},
        {"timezone": "America/New_York",
         "rsvp_until": datetime(2026, 11, 22, tzinfo=ZoneInfo("America/New_York"))},
        {"rsvp_until": STARTS},  # the last day is that on which it begins
        {"starts_at": datetime(2026, 11, 30, 23, 30, tzinfo=BRATISLAVA),
         "ends_at": datetime(2026, 12, 1, 1, 0, tzinfo=BRATISLAVA)},
    ],
    ids=lambda values: "+".join(values) or "whole",
)  # fmt: skip
def test_a_draft_that_is_not_changed_stays_what_it_was(eva: Case, values: dict[str, Any]) -> None:
    before = draft(eva, **values)
    said = eva.see(f"change_event.{base36(before.id)}")
    assert said.startswith("The event. Is everything correct?")
    eva.send(Text("done"))
    after = row(eva, "whole")
    assert differences(details_of(before), details_of(after)) == frozenset()
    assert after.revision == before.revision
    assert eva.logged() == []


@pytest.mark.parametrize(
    "values",
    [
        {"place": {"en": "Tabačka"}},
        {"place": {"": "Tabačka", "en": "Tobacco factory"}},
        {"ends_at": STARTS + DAY + timedelta(minutes=1)},
        {"guests": 4},
        {"rsvp_until": datetime(2026, 11, 21, 12, tzinfo=BRATISLAVA)},
    ],
)
def test_what_the_conversation_cannot_hold_is_left_to_a_file(
    eva: Case, values: dict[str, Any]
) -> None:
    page = f"change_event.{base36(draft(eva, **values).id)}"
    assert eva.see(page) == (
        "whole has more details than fit here. Please change its file:"
        " domov event change whole FILE"
    )
    assert not eva.prepares()


def test_what_is_not_asked_stays_with_a_draft_that_is_changed(eva: Case) -> None:
    before = draft(eva, host_id=11, speaker_id=12)
    answers = {**answers_of(before, eva.blueprint.languages), "place": "Kasárne"}
    eva.talks("staff_event", {"organisations": ["cike"], "event": before.id}, answers)
    eva.send(Text("done"))
    after = row(eva, "whole")
    assert differences(details_of(before), details_of(after)) == {"place"}
    assert (after.host_id, after.speaker_id) == (11, 12)
    assert eva.logged() == [("event.change", "cike")]


def test_the_picture_stays_with_a_draft_that_is_changed(eva: Case) -> None:
    eva.run(
        "INSERT INTO media (id, name, media_type, sha256, content, created_at)"
        " VALUES (7, 'a.png', 'image/png', 'x', :content, '2026-11-02T09:30:00.000000Z')",
        content=b"x",
    )
    before = draft(eva, media_id=7)
    answers = {**answers_of(before, eva.blueprint.languages), "guests": "0"}
    eva.talks("staff_event", {"organisations": ["cike"], "event": before.id}, answers)
    eva.send(Text("done"))
    after = row(eva, "whole")
    assert (after.guests, after.media_id) == (0, 7)


def test_an_answer_is_wanted_by_the_end_of_its_day_or_the_beginning(eva: Case) -> None:
    answers = answers_of(draft(eva), eva.blueprint.languages)
    for day, until in (
        ("2026-11-20", datetime(2026, 11, 21, tzinfo=BRATISLAVA)),
        ("2026-11-29", datetime(2026, 11, 30, tzinfo=BRATISLAVA)),
        ("2026-11-30", STARTS),
        (None, None),
    ):
        eva.talks("staff_event", {"organisations": ["cike"]}, {**answers, "answer_by": day})
        eva.send(Text("done"))
        eva.run("UPDATE event SET key = 'looked-at' || id WHERE key = 'brunc-1130'")
        (last,) = (each for each in events.events(eva.tx, "cike") if each.id == _newest(eva))
        assert last.rsvp_until == until


def _newest(case: Case) -> int:
    return max(each.id for each in events.events(case.tx, "cike"))


@pytest.mark.parametrize(
    ("starts", "ends", "hours"),
    [("18:00", "20:00", 2), ("18:00", "18:00", 24), ("22:00", "01:00", 3)],
)
def test_an_end_before_the_beginning_is_on_the_next_day(
    eva: Case, starts: str, ends: str, hours: int
) -> None:
    answers = answers_of(draft(eva), eva.blueprint.languages)
    answers |= {"starts": starts, "ends": ends, "answer_by": None}
    eva.talks("staff_event", {"organisations": ["cike"]}, answers)
    eva.send(Text("done"))
    made = row(eva, "brunc-1130")
    assert made.ends_at - made.starts_at == hours * HOUR


def test_two_events_of_one_title_and_day_have_two_keys(eva: Case) -> None:
    answers = answers_of(draft(eva), eva.blueprint.languages)
    for _ in range(3):
        eva.talks("staff_event", {"organisations": ["cike"]}, answers)
        eva.send(Text("done"))
    keys = sorted(each.key for each in events.events(eva.tx, "cike"))
    assert [key for key in keys if key.startswith("brunc-")] == [
        "brunc-1130", "brunc-1130-2", "brunc-1130-3",
    ]  # fmt: skip


def test_an_event_must_not_have_begun(eva: Case) -> None:
    answers = answers_of(draft(eva), eva.blueprint.languages)
    there = LATER.astimezone(BRATISLAVA)
    answers |= {"day": f"{there:%Y-%m-%d}", "starts": f"{there:%H:%M}", "answer_by": None}
    eva.talks("staff_event", {"organisations": ["cike"]}, answers)
    said = eva.send(Text("done"))
    assert said.startswith(
        "That would already have started. Please change the day or time.\n\n"
        "The event. Is everything"
    )
    assert events.by_key(eva.tx, "brunc-1102") is None
    soon = there + timedelta(minutes=1)
    eva.talks("staff_event", {"organisations": ["cike"]}, {**answers, "starts": f"{soon:%H:%M}"})
    assert "Saved as a draft: brunc-1102." in eva.send(Text("done"))


def test_what_was_put_right_is_still_a_change_of_that_event(eva: Case) -> None:
    answers = answers_of(row(eva), eva.blueprint.languages)
    params = {"organisations": ["cike"], "audiences": [], "event": row(eva).id}
    eva.talks("staff_event", params, {**answers, "day": "2026-11-01", "answer_by": None})
    before = len(events.events(eva.tx, "cike"))
    assert eva.send(Text("done")).startswith("That would already have started.")
    for word in ("Day", "2026-12-01"):
        eva.send(Text(word))
    assert "Saved as a draft: draft." in eva.send(Text("done"))
    assert len(events.events(eva.tx, "cike")) == before
    assert row(eva).starts_at.day == 1


def test_what_stands_against_it_is_said_above_the_card(eva: Case) -> None:
    answers = {**answers_of(draft(eva), eva.blueprint.languages), "audience": "@gone"}
    eva.talks("staff_event", {"organisations": ["cike"], "event": row(eva).id}, answers)
    said = eva.send(Text("done"))
    assert said.startswith("I can't read this filter"), said
    assert "\n\nThe event. Is everything correct?" in said


# ---- the review ----


def test_a_review_shows_each_language_in_the_reader_s_zone(eva: Case) -> None:
    eva.run("UPDATE person SET timezone = 'Europe/London', name = 'Eva' WHERE id IN"
            " (SELECT person_id FROM identity WHERE user_id = 'coordinator')")  # fmt: skip
    said = eva.press(f"review_event.{base36(row(eva).id)}")
    slovak, english, slovenian = (
        said.index(f"This is how it will look ({name}):")
        for name in ("Slovak", "English", "Slovenian")
    )
    assert slovak < english < slovenian
    assert "Picnic\n\nBring a rug\n\n📅 Monday 30 November 2026, 17:00–19:00" in said[english:]
    assert "Saved as a draft: draft. Counting the recipients…" in said
    eva.run("UPDATE person SET timezone = NULL")
    assert "Monday 30 November 2026, 18:00–20:00" in eva.press(f"review_event.{_own(eva)}")


def _own(case: Case) -> str:
    return base36(row(case).id)


def test_the_buttons_of_a_preview_are_inert(eva: Case) -> None:
    eva.press(f"review_event.{_own(eva)}")
    assert eva.see("preview") == "This is only a preview; no answer was recorded."
    assert {press for press in eva.presses if "preview" not in press} == set()


def test_a_review_counts_by_language_platform_and_reason(eva: Case) -> None:
    for number, language in ((101, "en"), (102, "en"), (103, "en"), (106, "sl"), (107, "sl")):
        person(eva.tx, number, language=language)
    eva.run("UPDATE identity SET channel = 'preview' WHERE person_id IN (101, 102, 103)")
    eva.run("UPDATE identity SET channel = 'telegram' WHERE person_id IN (106, 107)")
    person(eva.tx, 104)
    eva.run("UPDATE identity SET status = 'unreachable' WHERE person_id = 104")
    person(eva.tx, 105)
    eva.run("UPDATE person SET paused_until = '2027-01-01', status = 'paused' WHERE id = 105")
    eva.press(f"review_event.{_own(eva)}")
    assert (
        eva.wait()
        == f"""\
Picnic

It will reach 6 people.
• Audience: everyone
• By language: English 3, Slovenian 2, Slovak 1
• By platform: chat page 3, Telegram 2, demo 1
• Left out, no consent to invitations: 7
• Now paused: 1
• Left out, can't be reached: 1
• Other organisations' people: counted only if they agreed to be seen
[Invite 6 people]
{MENU}"""
    )


def test_a_review_is_the_same_whatever_the_others_are_like(eva: Case) -> None:
    """A filter is asked of people whom the organisation may see: nothing can be found out by it."""
    eva.run("UPDATE event SET audience = 'person:100 or city:Celje' WHERE key = 'draft'")
    eva.press(f"review_event.{_own(eva)}")
    before = eva.wait()
    for number in range(100, 108):
        person(eva.tx, number, organisation="bsc_kranj")
        eva.run("UPDATE person SET city = 'Celje' WHERE id = :id", id=number)
        eva.press(f"review_event.{_own(eva)}")
        assert eva.wait() == before


def test_a_review_that_reaches_nobody_has_no_button_to_do_it(eva: Case) -> None:
    eva.run("UPDATE event SET audience = 'language:xx' WHERE key = 'draft'")
    eva.run("UPDATE event SET audience = 'country:FR' WHERE key = 'draft'")
    eva.press(f"review_event.{_own(eva)}")
    assert (
        eva.wait()
        == f"""\
Nobody would get this. Please choose another audience.

Picnic

It will reach 0 people.
• Audience: country:FR
• Other organisations' people: counted only if they agreed to be seen
{MENU}"""
    )
    assert eva.see(f"announce.{_own(eva)}.0").startswith("Nobody would get this.")
    assert eva.logged() == []


def test_a_filter_that_cannot_be_read_any_more_is_shown_with_the_word(eva: Case) -> None:
    eva.run("UPDATE event SET audience = '@gone' WHERE key = 'draft'")
    for page in ("review_event.{}", "announce.{}.1"):
        eva.press(page.format(_own(eva)))
        said = eva.wait()
        assert said.startswith("I can't read this filter"), said
        assert said.endswith(f"\n{MENU}")
    assert row(eva).status == "draft"


# ---- the last button ----


@pytest.mark.parametrize(
    ("confirmed", "now", "holds"),
    [(0, 0, True), (0, 1, False), (1, 1, True), (1, 2, False), (19, 20, False), (20, 20, True),
     (20, 21, True), (20, 22, False), (100, 5, True), (100, 105, True), (100, 106, False)],
)  # fmt: skip
def test_a_count_may_have_grown_by_a_twentieth(confirmed: int, now: int, holds: bool) -> None:
    assert still(Counted(now, now, {}, {}, {}), confirmed) is holds


def test_an_event_is_announced_to_as_many_as_it_reaches(eva: Case) -> None:
    for number in range(101, 121):
        person(eva.tx, number)
    assert eva.see(f"announce.{_own(eva)}.20") == (
        "The event is announced; 21 people are being invited.\n[Who is coming]\n[Staff menu]"
    )
    assert eva.presses[-2:] == [f"=staff.event.{_own(eva)}", "=staff.menu"]
    line = eva.last_line()
    assert (line.action, line.subject, line.people) == ("event.announce", "event:draft", 21)


def test_a_count_that_has_grown_is_shown_anew(eva: Case) -> None:
    for number in (101, 102):
        person(eva.tx, number)
    said = eva.see(f"announce.{_own(eva)}.2")
    assert said.startswith(
        "The number has changed: it would now reach 3 people. Please check again.\n\n"
        "Picnic\n\nIt will reach 3 people.\n"
    )
    assert f"=staff.announce.{_own(eva)}.3" in eva.presses
    assert row(eva).status == "draft"


@pytest.mark.parametrize("page", ["review_event.{}", "change_event.{}", "announce.{}.1",
                                  "discard_event.{}"])  # fmt: skip
def test_only_drafts_are_prepared(eva: Case, page: str) -> None:
    assert eva.see(page.format(base36(eva.world.brunch.id))) == "This is no longer a draft."
    assert eva.logged() == []


@pytest.mark.parametrize("confirmed", ["", "x", "-1", "1.5x"])
def test_a_count_that_is_none_confirms_nothing(eva: Case, confirmed: str) -> None:
    assert eva.see(f"announce.{_own(eva)}.{confirmed}") == "This is no longer a draft."
    assert row(eva).status == "draft"


def test_a_draft_that_went_out_while_it_was_counted_goes_out_once(eva: Case) -> None:
    eva.press(f"announce.{_own(eva)}.1")
    eva.run("UPDATE event SET status = 'announced' WHERE key = 'draft'")
    assert eva.wait() == "This is no longer a draft."
    eva.press(f"announce.{_own(eva)}.1")
    assert eva.logged() == []


def test_what_stands_against_an_announcement_is_told(eva: Case) -> None:
    eva.press(f"announce.{_own(eva)}.1")
    eva.run("UPDATE event SET rsvp_until = '2026-11-02T10:30:00.000000Z' WHERE key = 'draft'")
    assert eva.wait().startswith("That didn't work: "), eva.presses
    assert row(eva).status == "draft"


def test_a_draft_is_discarded(eva: Case) -> None:
    assert eva.see(f"discard_event.{_own(eva)}") == "draft has been discarded.\n[Staff menu]"
    assert row(eva).status == "cancelled"
