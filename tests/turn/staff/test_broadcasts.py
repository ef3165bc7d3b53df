"""A broadcast prepared in the chat, sent, planned, watched and stopped; to the word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.incoming import Text
from bot.turn.staff.broadcasts import answers_of
from messages.base36 import base36
from outreach.broadcasts import life
from storage import broadcasts
from storage.broadcasts import BroadcastRow
from storage.database import sql
from storage.living import save_answers
from tests.outreach.broadcasts.writing import written
from tests.outreach.inviting import NOW, person
from tests.outreach.sending import delivery
from tests.turn.staff.world import GUEST, LATER, Case

QUESTION = {
    "text": {},
    "options": [
        {"key": "o1", "label": {"sk": "Áno", "en": "Yes"}},
        {"key": "o2", "label": {"sk": "Nie", "en": "No"}},
    ],
}
BUTTON = {"label": {"sk": "Viac", "en": "More"}, "url": "https://example.org/news"}
ABOUT = (
    "Audience: everyone\n• By language: Slovak 1\n• By platform: demo 1\n"
    "• Left out, no consent to invitations: 7\n"
    "• Other organisations' people: counted only if they agreed to be seen\n"
)
PLANNED = sql("SELECT channel, user_id, kind FROM delivery WHERE lane > 0")
DRAFT = "[Send to myself]\n[Change]\n[Discard]\n[Staff menu]"
GOING = "[Refresh]\n[Pause]\n[Stop for good]\n[Staff menu]"


def row(case: Case, key: str = "draft") -> BroadcastRow:
    found = broadcasts.by_key(case.tx, key)
    assert found is not None
    return found


def number(case: Case, key: str = "draft") -> str:
    return base36(row(case, key).id)


def letter(case: Case, **values: Any) -> BroadcastRow:
    """A draft that says more."""
    values.setdefault("bodies", {"en": "Hello", "sk": "Ahoj"})
    text = written("news", **values)
    return life.create(case.tx, case.actor, text, "cike", "country:DE", NOW, case.blueprint)


# ---- preparing ----


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"question": QUESTION},
        {"buttons": [BUTTON]},
        {"bodies": {"sk": "Jeden **riadok**<br>\na druhý: 1 &lt; 2", "en": "One", "sl": "Ena"}},
    ],
    ids=lambda values: "+".join(values) or "bare",
)
def test_a_draft_that_is_not_changed_stays_what_it_was(eva: Case, values: dict[str, Any]) -> None:
    before = letter(eva, **values)
    said = eva.see(f"change_broadcast.{base36(before.id)}")
    assert said.startswith("The broadcast. Is everything correct?"), said
    assert "Saved as a draft: news." in eva.send(Text("done"))
    assert row(eva, "news") == before


def test_a_card_shows_what_is_there_as_it_was_typed(eva: Case) -> None:
    before = letter(eva, bodies={"sk": "Jeden<br>\na druhý: 1 &lt; 2", "en": "One"},
                    buttons=[BUTTON])  # fmt: skip
    card = eva.see(f"change_broadcast.{base36(before.id)}")
    assert "• Message (Slovak): Jeden a druhý: 1 < 2\n" in card
    assert "• Message (Slovenian): not given\n• Below the text: A link\n" in card
    assert "• Link: https://example.org/news\n• Button (Slovak): Viac\n• Button (Engl" in card


def test_what_is_asked_becomes_a_broadcast(eva: Case) -> None:
    before = letter(eva, buttons=[BUTTON])
    answers = answers_of(before, eva.blueprint.languages) | {"name": "Of November"}
    eva.talks("staff_broadcast", {"organisations": ["cike"]}, answers)
    eva.send(Text("done"))
    made = row(eva, "of-november-1102")
    assert (made.title, made.audience, made.status) == ("Of November", "country:DE", "draft")
    assert (made.bodies, list(made.buttons), made.question) == (before.bodies, [BUTTON], None)
    answers = answers_of(letter_with_question(eva), eva.blueprint.languages) | {"name": "?!"}
    for key in ("new-1102", "new-1102-2"):
        eva.talks("staff_broadcast", {"organisations": ["cike"]}, answers)
        eva.send(Text("done"))
        assert row(eva, key).question == QUESTION
        assert list(row(eva, key).buttons) == []


def letter_with_question(case: Case) -> BroadcastRow:
    text = written("asked", bodies={"en": "Hello", "sk": "Ahoj"}, question=QUESTION)
    return life.create(case.tx, case.actor, text, "cike", "", NOW, case.blueprint)


def test_what_went_out_meanwhile_is_not_written_over(eva: Case) -> None:
    before = row(eva)
    answers = answers_of(before, eva.blueprint.languages) | {"name": "Too late"}
    params = {"organisations": ["cike"], "broadcast": before.id}
    eva.talks("staff_broadcast", params, answers)
    eva.run("UPDATE broadcast SET status = 'sending' WHERE key = 'draft'")
    said = eva.send(Text("done"))
    assert "\n\nThe broadcast. Is everything correct?" in said
    assert row(eva).title == "Letter draft"


# ---- the review ----


def test_a_review_shows_each_language_as_whoever_looks_would_get_it(eva: Case) -> None:
    eva.run("UPDATE person SET name = 'Eva', city = 'Berlin', country = 'DE', organisation ="
            " 'bsc_kranj', persona = 'expat' WHERE id IN"
            " (SELECT person_id FROM identity WHERE user_id = 'coordinator')")  # fmt: skip
    text = "{{ name }}, {{ city }}, {{ country }}, {{ organisation }}"
    before = letter(eva, bodies={"en": text, "sl": text})
    said = eva.press(f"broadcast.{base36(before.id)}")
    assert said.startswith("This is how it will look (Slovak):\n")
    assert (
        "\nThis is how it will look (English):\nEva, Berlin, Germany, CIKE\n\nCIKE is writing to "
        in said
    )
    assert "\nEva, Berlin, Nemčija, CIKE\n\nCIKE vam piše" in said
    assert "Sofinancira Evropska unija\nSaved as a draft: news." in said
    eva.run("UPDATE person SET name = NULL, city = NULL, country = NULL")
    assert "(English):\n, , , CIKE\n\nCIKE" in eva.press(f"broadcast.{base36(before.id)}")


def test_a_review_states_the_count_on_its_last_button(eva: Case) -> None:
    eva.press(f"broadcast.{number(eva)}")
    assert eva.wait() == (
        f"Letter draft\n\nIt will reach 1 person.\n"
        f"• {ABOUT}[Send to 1 person]\n[Send later]\n{DRAFT}"
    )
    own = number(eva)
    assert eva.presses == [
        f"=staff.send.{own}.1", f"=staff.when.{own}", f"=staff.test.{own}",
        f"=staff.change_broadcast.{own}", f"=staff.stop.{own}", "=staff.menu",
    ]  # fmt: skip


def test_a_review_that_reaches_nobody_has_no_button_to_send_it(eva: Case) -> None:
    eva.run("UPDATE broadcast SET audience = 'country:FR' WHERE key = 'draft'")
    eva.press(f"broadcast.{number(eva)}")
    assert eva.wait() == (
        "Nobody would get this. Please choose another audience.\n\nLetter draft\n\n"
        "It will reach 0 people.\n• Audience: country:FR\n• Other organisations' people: counted"
        f" only if they agreed to be seen\n{DRAFT}"
    )
    assert eva.see(f"send.{number(eva)}.0").startswith("Nobody would get this.")


def test_a_filter_that_cannot_be_read_any_more_is_shown_with_the_word(eva: Case) -> None:
    eva.run("UPDATE broadcast SET audience = '@gone' WHERE key = 'draft'")
    for page in ("broadcast.{}", "send.{}.1"):
        eva.press(page.format(number(eva)))
        said = eva.wait()
        assert said.startswith("I can't read this filter"), said
        assert said.endswith(f"\n{DRAFT}")


# ---- when ----


def test_a_time_that_was_chosen_is_stated_with_the_count(eva: Case) -> None:
    own = number(eva)
    for way, code, told in (
        ("All at once", "a202611061000", "6 November 2026, 10:00 (Bratislava)"),
        ("Same local time", "l202611061000", "6 November 2026, 10:00, each reader's local time"),
    ):
        eva.press(f"when.{own}")
        eva.send(Text(way))
        eva.send(Text("2026-11-06"))
        eva.send(Text("10"))
        assert eva.wait() == (
            f"Scheduled for {told}.\n\nLetter draft\n\nIt will reach 1 person.\n• {ABOUT}"
            f"[Schedule for 1 person]\n[Send later]\n{DRAFT}"
        )
        assert eva.presses[:2] == [f"=staff.send.{own}.1.{code}", f"=staff.when.{own}"]


def test_a_time_that_is_past_is_asked_once_more(eva: Case) -> None:
    params = {"broadcast": row(eva).id, "zone": "Europe/Bratislava"}
    for hour, past in (("11:30", True), ("11:31", False)):  # it is half past eleven there
        eva.talks("staff_when", params, {"way": "at", "day": "2026-11-02"})
        said = eva.send(Text(hour)) + eva.wait()
        assert said.startswith("That time has already passed. Please write a later one.\n") is past
        assert ("[Schedule for 1 person]" in said) is not past
    eva.talks("staff_when", params, {"way": "at", "day": "2026-11-02"})
    eva.send(Text("9:00"))
    eva.send(Text("23:00"))
    assert "Scheduled for 2 November 2026, 23:00 (Bratislava)." in eva.wait()


@pytest.mark.parametrize(
    ("code", "status", "due", "local"),
    [
        ("", "scheduled", LATER, None),
        (".a202611061000", "scheduled", datetime(2026, 11, 6, 9, 0, tzinfo=UTC), None),
        (".l202611061000", "scheduled", datetime(2026, 11, 6, 9, 0, tzinfo=UTC), "10:00"),
    ],
)
def test_the_last_button_sends_or_plans_it(
    eva: Case, code: str, status: str, due: datetime, local: str | None
) -> None:
    said = eva.see(f"send.{number(eva)}.1{code}")
    told = {
        "": "On its way to 1 person.",
        ".a202611061000": "Scheduled for 6 November 2026, 10:00 (Bratislava).",
        ".l202611061000": "Scheduled for 6 November 2026, 10:00, each reader's local time.",
    }[code]
    assert said == f"{told}\n{GOING}"
    after = row(eva)
    assert (after.status, after.due_at, after.local_time) == (status, due, local)
    assert (eva.last_line().action, eva.last_line().people) == (
        "broadcast.schedule" if code else "broadcast.send", 1,
    )  # fmt: skip


def test_a_plan_is_moved_but_not_made_twice(eva: Case) -> None:
    own = number(eva, "scheduled")
    for code, told in (
        (".a202611061000", "Scheduled for 6 November 2026, 10:00 (Bratislava)."),
        (".a202611061000", ""),  # a double tap
        (".a202611071000", "Scheduled for 7 November 2026, 10:00 (Bratislava)."),
        (".l202611071000", "Scheduled for 7 November 2026, 10:00, each reader's local time."),
        (".l202611071000", ""),
        (".l202611081000", "Scheduled for 8 November 2026, 10:00, each reader's local time."),
        (".l202611080900", "Scheduled for 8 November 2026, 09:00, each reader's local time."),
        (".a202611080900", "Scheduled for 8 November 2026, 09:00 (Bratislava)."),
        ("", ""),  # planned is not sent by the button of before
    ):
        before = len(eva.logged())
        said = eva.see(f"send.{own}.1{code}")
        assert said.startswith(told or "Letter scheduled · scheduled\n• Time: "), (code, said)
        assert len(eva.logged()) - before == bool(told)


@pytest.mark.parametrize("code", ["x202611061000", "a20261106", "a202613011000", "l202611062500",
                                  "a2026110610001", "now"])  # fmt: skip
def test_a_time_that_is_none_sends_nothing(eva: Case, code: str) -> None:
    assert eva.see(f"send.{number(eva)}.1.{code}").startswith("That didn't work: ")
    assert row(eva).status == "draft"


def test_a_count_that_has_grown_is_shown_anew(eva: Case) -> None:
    for who in (101, 102):
        person(eva.tx, who)
    said = eva.see(f"send.{number(eva)}.2.a202611061000")
    assert said.startswith(
        "The number has changed: it would now reach 3 people. Please check again.\n\n"
        "Scheduled for 6 November 2026, 10:00 (Bratislava).\n\nLetter draft\n\n"
        "It will reach 3 people."
    )
    assert eva.presses[0] == f"=staff.send.{number(eva)}.3.a202611061000"
    assert row(eva).status == "draft"


@pytest.mark.parametrize("confirmed", ["", "x", "-1"])
def test_a_count_that_is_none_sends_nothing(eva: Case, confirmed: str) -> None:
    assert eva.see(f"send.{number(eva)}.{confirmed}") == "Letter draft · draft\n[Staff menu]"
    assert row(eva).status == "draft"


@pytest.mark.parametrize(("page", "told"), [
    ("change_broadcast.{}", "This is no longer a draft."),
    ("when.{}", "This is no longer a draft."),
    ("send.{}.1", f"Letter sending · being sent\n{GOING}"),
])  # fmt: skip
def test_what_goes_out_is_not_prepared_any_more(eva: Case, page: str, told: str) -> None:
    assert eva.see(page.format(number(eva, "sending"))) == told
    assert eva.logged() == []


def test_what_is_planned_can_be_given_another_time(eva: Case) -> None:
    assert eva.see(f"when.{number(eva, 'scheduled')}").startswith("When should it arrive?")


@pytest.mark.parametrize(
    "page", ["broadcast", "change_broadcast", "when", "send", "test", "pause", "resume", "stop"]
)
def test_a_broadcast_that_is_not_there_is_told(eva: Case, page: str) -> None:
    for argument in ("", "zz", base36(99), "-1"):
        assert eva.see(f"{page}.{argument}.1") == "This is no longer available."


# ---- how far it has got ----


def test_progress_says_what_became_of_every_message(eva: Case) -> None:
    sending = row(eva, "sending")
    eva.run("UPDATE broadcast SET planned = 1240 WHERE key = 'sending'")
    states = {"sent": 3, "failed": 2, "unknown": 1, "held": 1, "expired": 2, "cancelled": 1,
              "queued": 2, "sending": 1}  # fmt: skip
    who = 100
    for state, count in states.items():
        for _ in range(count):
            who += 1
            person(eva.tx, who)
            delivery(eva.tx, who, broadcast_id=sending.id, state=state, due_at=NOW)
    assert (
        eva.see(f"broadcast.{base36(sending.id)}")
        == f"""\
Letter sending · being sent
• Recipients: 1,240
• Sent: 3
• Waiting: 3
• Failed: 2
• Unknown: 1
• Held: 1
• Too late: 2
• Cancelled: 1
{GOING}"""
    )


def test_progress_leaves_out_what_there_is_none_of(eva: Case) -> None:
    sending = row(eva, "sending")
    assert eva.see(f"broadcast.{base36(sending.id)}") == f"Letter sending · being sent\n{GOING}"
    eva.run("UPDATE broadcast SET planned = 1 WHERE key = 'sending'")
    assert eva.see(f"broadcast.{base36(sending.id)}") == (
        f"Letter sending · being sent\n• Recipients: 1\n• Sent: 0\n{GOING}"
    )


@pytest.mark.parametrize(
    ("wait", "told"),
    [
        (timedelta(seconds=20), "about 1 minute"),
        (timedelta(minutes=2, seconds=31), "about 3 minutes"),
    ],
)
def test_progress_says_about_how_long_it_takes_still(eva: Case, wait: timedelta, told: str) -> None:
    sending = row(eva, "sending")
    eva.run("UPDATE broadcast SET planned = 1 WHERE key = 'sending'")
    delivery(eva.tx, GUEST, broadcast_id=sending.id, due_at=LATER + wait)
    assert f"• Waiting: 1\n• Time left: {told}\n{GOING}" in eva.see(
        f"broadcast.{number(eva, 'sending')}"
    )
    eva.run("UPDATE broadcast SET status = 'paused' WHERE key = 'sending'")
    assert "Time left" not in eva.see(f"broadcast.{number(eva, 'sending')}")


def test_progress_says_when_a_planned_one_goes_out(eva: Case) -> None:
    own = number(eva, "scheduled")
    assert eva.see(f"broadcast.{own}") == (
        f"Letter scheduled · scheduled\n• Time: 5 November 2026, 10:30\n{GOING}"
    )
    eva.run("UPDATE broadcast SET local_time = '08:00', due_at = '2026-11-05T23:30:00.000000Z'"
            " WHERE key = 'scheduled'")  # fmt: skip
    assert f"• Time: 6 November 2026, 08:00\n{GOING}" in eva.see(f"broadcast.{own}")
    eva.run("UPDATE broadcast SET due_at = NULL WHERE key = 'scheduled'")
    assert eva.see(f"broadcast.{own}") == f"Letter scheduled · scheduled\n{GOING}"
    eva.run("UPDATE broadcast SET status = 'done', due_at = '2026-11-05T23:30:00.000000Z'"
            " WHERE key = 'scheduled'")  # fmt: skip
    assert eva.see(f"broadcast.{own}") == "Letter scheduled · sent\n[Staff menu]"


def test_progress_counts_the_answers_in_the_reader_s_language(eva: Case) -> None:
    options = [*QUESTION["options"], {"key": "o3", "label": {"sk": "Neviem"}},
               {"key": "o4", "label": {}}]  # fmt: skip
    before = letter(eva, question={"text": {}, "options": options})
    eva.run("UPDATE broadcast SET status = 'sending', started_at = created_at WHERE key = 'news'")
    for who, answer in ((1, "o2"), (2, "o2"), (3, "o3")):
        save_answers(eva.tx, who, "broadcast", "news", {"q": answer}, NOW)
    assert eva.see(f"broadcast.{base36(before.id)}") == (
        f"News · being sent\n• “Yes”: 0\n• “No”: 2\n• “Neviem”: 1\n• “o4”: 0\n{GOING}"
    )


@pytest.mark.parametrize(
    ("status", "buttons"),
    [
        ("scheduled", GOING),
        ("sending", GOING),
        ("paused", "[Refresh]\n[Resume sending]\n[Stop for good]\n[Staff menu]"),
        ("done", "[Staff menu]"),
        ("cancelled", "[Staff menu]"),
    ],
)
def test_what_can_be_done_with_it_follows_its_status(eva: Case, status: str, buttons: str) -> None:
    eva.run("UPDATE broadcast SET status = :status, due_at = NULL WHERE key = 'sending'",
            status=status)  # fmt: skip
    page = f"broadcast.{number(eva, 'sending')}"
    assert eva.see(page).partition("\n")[2] == buttons
    eva.becomes("viewer")
    viewer = [each for each in ("[Refresh]", "[Staff menu]") if each in buttons]
    assert eva.see(page).partition("\n")[2] == "\n".join(viewer)


def test_what_was_stopped_is_not_sent_on(eva: Case) -> None:
    own = number(eva, "sending")
    assert eva.see(f"pause.{own}") == (
        "Letter sending · paused\n[Refresh]\n[Resume sending]\n[Stop for good]\n[Staff menu]"
    )
    assert eva.see(f"pause.{own}").startswith("That didn't work: ")
    assert eva.see(f"resume.{own}") == f"Letter sending · being sent\n{GOING}"
    assert eva.see(f"stop.{own}") == "Letter sending · cancelled\n[Staff menu]"
    assert eva.see(f"resume.{own}").startswith("That didn't work: ")
    assert eva.see(f"stop.{number(eva)}") == "draft has been discarded.\n[Staff menu]"
    assert [action for action, _ in eva.logged()] == [
        "broadcast.pause", "broadcast.resume", "broadcast.cancel", "broadcast.cancel",
    ]  # fmt: skip


def test_a_test_goes_to_whoever_looks_at_it(eva: Case) -> None:
    assert eva.see(f"test.{number(eva)}") == "On its way to you."
    found = eva.tx.run(PLANNED).fetchall()
    assert [tuple(each) for each in found] == [("preview", "coordinator", "test")]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("DELETE FROM broadcast", "This is no longer available."),
        ("UPDATE broadcast SET organisation = 'bsc_kranj'", "Your role doesn't allow this."),
    ],
)
def test_what_went_away_while_its_time_was_asked_is_told(eva: Case, change: str, told: str) -> None:
    eva.press(f"when.{number(eva)}")
    eva.send(Text("All at once"))
    eva.send(Text("2026-11-06"))
    eva.run(change)
    assert eva.send(Text("10")) + eva.wait() == told
    assert eva.logged() == []


def test_what_went_away_while_it_was_counted_is_told(eva: Case) -> None:
    eva.press(f"broadcast.{number(eva, 'sending')}")
    eva.run("DELETE FROM broadcast")
    assert eva.wait() == "This is no longer available."
