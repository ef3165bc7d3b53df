"""The buttons of a pair and of a request, pressed by the two and by others: read as transcripts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot.turn.context import House
from messages import rich
from messages.base36 import base36
from outreach.mentoring import buttons, life
from outreach.mentoring.buttons import reference, request_reference
from storage.database import Database
from storage.mentoring import matches, requests
from storage.mentoring.matches import MatchRow
from storage.mentoring.requests import RequestRow
from tests.fakes.chat import Chat
from tests.turn import villagers
from tests.turn.village import Village

DAY = timedelta(days=1)
STEP = timedelta(hours=4)  # of the clock: soon enough for messages by day


@dataclass
class Pair:
    """A mentor in New York on Slack and a mentee at home on Telegram; ``number`` of their match."""

    village: Village
    mentor: Chat
    mentee: Chat
    number: int

    @property
    def row(self) -> MatchRow:
        with self.village.database.reading() as tx:
            found = matches.one(tx, self.number)
        assert found is not None
        return found

    @property
    def request(self) -> RequestRow:
        with self.village.database.reading() as tx:
            found = requests.one(tx, 1)
        assert found is not None
        return found

    @property
    def ref(self) -> str:
        return reference(self.number)

    def log(self) -> list[str]:
        with self.village.database.reading() as tx:
            return [each.what for each in matches.history(tx, self.number)]


def asked(database: Database, house: House, **about: Any) -> Pair:
    """A mentor is asked about a mentee, and has got the question."""
    village = Village(database, house)
    mentor = villagers.somebody(
        village, "Jana", "expat", "slack", timezone="America/New_York",
        language=about.get("mentor", "en"), linkedin="https://www.linkedin.com/in/jana",
    )  # fmt: skip
    mentee = villagers.somebody(
        village, "Matej", "local", language=about.get("mentee", "en"), email=about.get("email")
    )
    villagers.gives(village, "Jana", capacity=2)
    villagers.asks(village, "Matej", goal="To sell my ceramics")
    with database.transaction() as tx:
        number = matches.insert(
            tx,
            {
                "request_id": 1, "organisation": "cike", "mentor_organisation": "cike",
                "mentee_id": villagers.number_of(village, "Matej"),
                "mentor_id": villagers.number_of(village, "Jana"),
                "created_at": village.now, "uid": "one@domov",
            },
        )  # fmt: skip
        life.approve(tx, number, village.now, house.blueprint)
    village.days(1, step=STEP)
    return Pair(village, mentor, mentee, number)


async def introduced(database: Database, house: House, **about: Any) -> Pair:
    """Both have said yes, and have got the introduction."""
    pair = asked(database, house, **{"email": "matej@example.org", **about})
    await pair.mentor.press("yes")
    await pair.mentor.press("done")
    pair.village.days(1, step=STEP)
    await pair.mentee.press("yes")
    await pair.mentee.press("done")
    pair.village.days(1, step=STEP)
    assert pair.row.state == "introduced"
    return pair


def same(chat: Chat, house: House, block: str, **values: object) -> bool:
    """Whether the last thing said is this block of mentor.j2, in their language."""
    language = chat.locale or "en"
    return chat.last.text == rich.plain(house.words.rich(f"mentor.{block}", language, **values))


# ---- yes and no ----


@pytest.mark.parametrize(("mentor", "mentee"), [("en", "sk"), ("sl", "en"), ("sk", "sl")])
async def test_two_yeses_lead_to_an_introduction_in_both_languages(
    database: Database, house: House, mentor: str, mentee: str
) -> None:
    pair = asked(database, house, mentor=mentor, mentee=mentee, email="matej@example.org")
    assert "Matej" not in pair.mentor.last.text
    await pair.mentor.press("yes")
    assert pair.row.state == "asked_mentor"
    await pair.mentor.press("email")  # unticked: LinkedIn alone
    await pair.mentor.press("done")
    assert same(pair.mentor, house, "said_yes_mentor")
    assert pair.row.state == "asked_mentee"
    assert pair.row.mentor_contact == ("linkedin",)
    pair.village.days(1, step=STEP)
    assert "Jana" not in pair.mentee.last.text
    await pair.mentee.press("yes")
    await pair.mentee.press("done")
    assert same(pair.mentee, house, "said_yes_mentee")
    pair.village.days(1, step=STEP)
    assert "Matej" in pair.mentor.last.text
    assert "matej@example.org" in pair.mentor.last.text
    assert "Jana" in pair.mentee.last.text
    assert "linkedin.com/in/jana" in pair.mentee.last.text
    assert "jana@example.org" not in pair.mentee.last.text
    villagers.check(pair.village)


async def test_who_has_no_contact_gives_an_address_with_the_yes(
    database: Database, house: House
) -> None:
    pair = asked(database, house)
    await pair.mentor.press("yes")
    await pair.mentor.press("done")
    pair.village.days(1, step=STEP)
    await pair.mentee.press("yes")
    assert [option.key for option in pair.mentee.last.options()][:2] == ["email", "chat"]
    await pair.mentee.press("email")
    await pair.mentee.press("done")
    assert same(pair.mentee, house, "ask_email")
    await pair.mentee.say("not an address")
    await pair.mentee.say("Matej@Example.org")
    assert same(pair.mentee, house, "said_yes_mentee")
    pair.village.days(1, step=STEP)
    assert "Matej@example.org" in pair.mentor.last.text
    found = villagers.one(database, "SELECT email FROM person WHERE name = 'Matej'")
    assert found == "Matej@example.org"


async def test_a_no_is_taken_at_once_and_the_reason_is_for_staff(
    database: Database, house: House
) -> None:
    pair = asked(database, house)
    await pair.mentor.press("no")
    assert pair.row.state == "declined"
    assert same(pair.mentor, house, "said_no")
    await pair.mentor.press("no_other")
    await pair.mentor.say("I am moving house.")
    assert (pair.row.reason, pair.row.note) == ("other", "I am moving house.")
    pair.village.days(3, step=STEP)
    assert all("moving" not in shown.text for shown in pair.mentee.log)
    villagers.check(pair.village)


@pytest.mark.parametrize("reason", ["time", "fit"])
async def test_a_reason_is_one_tap(database: Database, house: House, reason: str) -> None:
    pair = asked(database, house)
    await pair.mentor.press("no")
    await pair.mentor.press(f"no_{reason}")
    assert same(pair.mentor, house, "because")
    assert (pair.row.reason, pair.row.note) == (reason, None)


async def test_yes_and_no_are_understood_in_words(database: Database, house: House) -> None:
    pair = asked(database, house, mentee="sk", email="matej@example.org")
    await pair.mentor.say("Yes, please")
    await pair.mentor.press("done")
    assert pair.row.state == "asked_mentee"
    pair.village.days(1, step=STEP)
    await pair.mentee.say("radšej nie")
    assert pair.row.state == "declined"
    assert same(pair.mentee, house, "said_no")


async def test_a_yes_after_something_else_is_no_answer(database: Database, house: House) -> None:
    pair = asked(database, house)
    await pair.mentor.say("/menu")
    await pair.mentor.say("yes")
    assert pair.row.state == "asked_mentor"
    assert "I'm not sure what to do with this" in pair.mentor.last.text
    assert villagers.one(database, "SELECT count(*) FROM inbox") == 1


async def test_a_yes_in_the_middle_of_a_survey_leads_back_to_it(
    database: Database, house: House
) -> None:
    pair = asked(database, house)
    ask = pair.mentor.last
    await pair.mentor.say("/surveys")
    await pair.mentor.press("survey_willingness")
    question = pair.mentor.last.text.split("\n")[-1]
    await pair.mentor.press("yes", on=ask)
    await pair.mentor.press("done")
    assert pair.row.state == "asked_mentee"
    assert question in pair.mentor.last.text


async def test_answers_that_come_twice_or_late_are_told_kindly(
    database: Database, house: House
) -> None:
    pair = asked(database, house, email="matej@example.org")
    ask = pair.mentor.last
    await pair.mentor.press("yes")
    await pair.mentor.press("done")
    await pair.mentor.press("yes", on=ask)
    assert same(pair.mentor, house, "said_yes_mentor")
    pair.village.days(1, step=STEP)
    await pair.mentee.press("no")
    await pair.mentee.send_press(pair.ref, "=yes")
    assert same(pair.mentee, house, "too_late")
    assert pair.row.state == "declined"


# ---- when ----


async def test_a_suggested_time_is_accepted_and_goes_into_both_calendars(
    database: Database, house: House
) -> None:
    pair = await introduced(database, house)
    times = [option for option in pair.mentor.last.options() if option.key.startswith("t")]
    await pair.mentor.press(times[1].key)
    suggested = pair.row.suggested_at
    assert suggested is not None
    assert "We'll ask Matej whether" in pair.mentor.last.text
    pair.village.days(1, step=STEP)
    await pair.mentee.press("ok")
    assert "Agreed: you're meeting Jana on" in pair.mentee.last.text
    assert pair.row.meeting_at == suggested
    await pair.mentee.press("ics")
    file = pair.mentee.last.message.file
    assert file is not None
    assert "UID:one@domov" in file.text
    assert "SUMMARY:Mentoring: Jana" in file.text
    pair.village.days(1, step=STEP)
    await pair.mentor.press("ics")
    theirs = pair.mentor.last.message.file
    assert theirs is not None
    assert "America/New_York" in theirs.text


async def test_a_yes_to_a_time_is_to_no_other_time(database: Database, house: House) -> None:
    """The mentor has thought of another time since the mentee was asked."""
    pair = await introduced(database, house)
    introduction = pair.mentor.last
    times = [option.key for option in introduction.options() if option.key.startswith("t")]
    await pair.mentor.press(times[1], on=introduction)
    first = pair.row.suggested_at
    pair.village.days(1, step=STEP)
    asked_first = pair.mentee.last
    await pair.mentor.press(times[2], on=introduction)
    assert pair.row.suggested_at != first
    await pair.mentee.press("ok", on=asked_first)
    row = pair.row
    assert (row.meeting_at, row.suggested_at, row.suggested_by) == (None, first, "mentee")
    assert "We'll ask Jana whether" in pair.mentee.last.text


async def test_a_day_of_their_own_is_by_their_own_clock(database: Database, house: House) -> None:
    pair = await introduced(database, house)
    await pair.mentor.press("times")
    await pair.mentor.press("Another day")
    await pair.mentor.say("5 December")
    await pair.mentor.press("0")
    await pair.mentor.say("6:30 pm")
    assert "Saturday 5 December, 18:30" in pair.mentor.last.text
    at = pair.row.suggested_at
    assert at is not None
    assert at.isoformat() == "2026-12-05T23:30:00+00:00"
    pair.village.days(1, step=STEP)
    assert "Sunday 6 December, 00:30" in pair.mentee.last.text


async def test_a_date_they_made_themselves_is_told_to_the_other(
    database: Database, house: House
) -> None:
    pair = await introduced(database, house)
    await pair.mentee.press("date")
    await pair.mentee.say("today")
    await pair.mentee.press("0")
    await pair.mentee.say("00:05")
    assert "That time has already passed." in pair.mentee.last.text
    assert pair.row.meeting_at is None
    await pair.mentee.say("1 December 2030")
    await pair.mentee.press("0")
    await pair.mentee.press("18:00")
    assert "That is more than a year away." in pair.mentee.last.text
    await pair.mentee.say("1 December")
    await pair.mentee.press("0")
    await pair.mentee.press("18:00")
    assert "Agreed: you're meeting Jana on Tuesday 1 December, 18:00" in pair.mentee.last.text
    pair.village.days(1, step=STEP)
    assert "Tuesday 1 December, 12:00" in pair.mentor.last.text


@pytest.mark.parametrize("minutes", [0, 1, 4_000_000_000 - 1, 29_000_000, 36**9])
async def test_a_forged_time_is_refused(database: Database, house: House, minutes: int) -> None:
    pair = await introduced(database, house)
    before = pair.row
    await pair.mentor.send_press(pair.ref, f"=t{base36(minutes)}")
    assert (pair.row.suggested_at, pair.row.meeting_at) == (None, None)
    assert pair.row.state == before.state


# ---- have they met ----


async def test_a_meeting_counts_once_whoever_says_it(database: Database, house: House) -> None:
    pair = await introduced(database, house)
    pair.village.days(7, step=STEP)
    await pair.mentor.press("met1")
    assert "We've recorded your first meeting." in pair.mentor.last.text
    nudge = reference(pair.number)
    await pair.mentor.send_press(nudge, "=met1")
    await pair.mentee.send_press(nudge, "=met1")
    assert pair.row.meetings == 1
    await pair.mentee.send_press(nudge, "=met2")
    assert pair.row.meetings == 2
    assert "We've recorded 2 meetings." in pair.mentee.last.text
    assert villagers.one(database, "SELECT count(*) FROM mentoring_meeting") == 2


async def test_not_yet_because_the_other_is_silent_reminds_once(
    database: Database, house: House
) -> None:
    pair = await introduced(database, house)
    pair.village.days(7, step=STEP)
    nudge = pair.mentee.last
    await pair.mentee.press("notyet")
    assert same(pair.mentee, house, "why_not")
    await pair.mentee.press("why_silent")
    assert {option.key for option in pair.mentee.last.options()} == {"remind", "date", "new",
                                                                     "close"}  # fmt: skip
    await pair.mentee.press("remind")
    assert "We'll remind Jana." in nudge.text
    pair.village.days(1, step=STEP)
    assert "Matej would like to meet you" in pair.mentor.last.text
    await pair.mentee.send_press(pair.ref, "=remind")
    assert "We've already reminded Jana once" in pair.mentee.last.text
    reminders = [kind for kind, _ in pair.village.since(pair.village.now - 9 * DAY)]
    assert reminders.count("meet_reminder") == 1


async def test_a_mentee_finds_somebody_else_and_is_first(database: Database, house: House) -> None:
    pair = await introduced(database, house)
    pair.village.days(7, step=STEP)
    await pair.mentee.press("notyet")
    await pair.mentee.press("why_fit")
    assert "remind" not in {option.key for option in pair.mentee.last.options()}
    await pair.mentee.press("new")
    assert same(pair.mentee, house, "looking_anew")
    assert (pair.row.state, pair.row.reason) == ("ended", "fit")
    assert (pair.request.status, pair.request.ahead) == ("open", 1)
    pair.village.days(1, step=STEP)
    assert "Your place is free again" in pair.mentor.last.text
    villagers.check(pair.village)


async def test_who_was_not_let_down_is_not_told_to_be_first(
    database: Database, house: House
) -> None:
    pair = asked(database, house, email="matej@example.org")
    await pair.mentor.press("yes")
    await pair.mentor.press("done")
    pair.village.days(1, step=STEP)
    await pair.mentee.press("no")
    await pair.mentee.send_press(pair.ref, "=new")
    assert same(pair.mentee, house, "looking_again")
    assert (pair.request.status, pair.request.ahead) == ("open", 0)


async def test_how_it_goes_is_one_tap(database: Database, house: House) -> None:
    pair = await introduced(database, house)
    await pair.mentee.send_press(pair.ref, "=met1")
    await pair.mentee.send_press(pair.ref, "=good_first")
    assert same(pair.mentee, house, "check_noted")
    await pair.mentee.send_press(pair.ref, "=bad_midway")
    assert same(pair.mentee, house, "what_now")
    await pair.mentee.send_press(pair.ref, "=fair_end")
    assert same(pair.mentee, house, "go_on_or_end")
    await pair.mentee.press("more")
    assert pair.row.state == "met"
    await pair.mentee.send_press(pair.ref, "=finish")
    assert pair.row.state == "done"
    assert {"check_first", "check_midway", "check_end", "more"} <= set(pair.log())


# ---- at any time ----


@pytest.mark.parametrize("who", ["mentor", "mentee"])
async def test_either_stops_with_one_tap_and_the_other_is_told_kindly(
    database: Database, house: House, who: str
) -> None:
    pair = await introduced(database, house)
    chat, other = (pair.mentor, pair.mentee) if who == "mentor" else (pair.mentee, pair.mentor)
    await chat.press("stop")
    assert (pair.row.state, pair.row.ended_by) == ("ended", who)
    assert same(chat, house, "stopped")
    await chat.press("stop_other")
    await chat.say("He never listens.")
    assert (pair.row.reason, pair.row.note) == ("other", "He never listens.")
    pair.village.days(1, step=STEP)
    assert "can't continue with the mentoring" in other.last.text
    assert all("listens" not in shown.text for shown in other.log)
    assert pair.request.status == ("open" if who == "mentor" else "closed")
    villagers.check(pair.village)


async def test_whom_they_know_they_can_keep_away_and_let_back(
    database: Database, house: House
) -> None:
    pair = await introduced(database, house)
    await pair.mentee.press("stop")
    await pair.mentee.press("block")
    assert same(pair.mentee, house, "blocked")
    assert villagers.one(database, "SELECT count(*) FROM mentoring_block") == 1
    await pair.mentee.send_press("m", "=mentor.avoid")
    assert "• Jana" in pair.mentee.last.text
    await pair.mentor.send_press("m", "=mentor.avoid")
    assert "There's nobody here yet." in pair.mentor.last.text
    await pair.mentee.press("Allow again: Jana")
    assert villagers.one(database, "SELECT count(*) FROM mentoring_block") == 0


async def test_before_they_know_each_other_nothing_of_the_other_shows(
    database: Database, house: House
) -> None:
    """Whatever the one who is asked presses, and the one who is not asked yet, forged or not."""
    pair = asked(database, house, email="matej@example.org")
    for chat, name in ((pair.mentor, "Matej"), (pair.mentee, "Jana")):
        for key in PRESSES:
            if key in ("no", "stop", "close", "new", "finish") or key.startswith("no_"):
                continue  # these end it
            seen = await chat.send_press(pair.ref, f"={key}")
            assert all(name not in shown.text for shown in seen), key
            await chat.say("/menu")
    assert pair.row.state == "asked_mentor"
    assert (pair.row.meetings, pair.row.suggested_at, pair.row.meeting_at) == (0, None, None)
    assert villagers.one(database, "SELECT count(*) FROM mentoring_block") == 0


PRESSES = (
    "yes", "no", "no_time", "no_fit", "no_other", "ok", "times", "page0", "page4", "own",
    "t1a2b3", "ics", "date", "met1", "met999", "notyet", "why_silent", "why_other", "remind",
    "new", "close", "good_first", "bad_end", "more", "finish", "stop", "stop_time", "stop_other",
    "show", "block",
)  # fmt: skip


@pytest.mark.parametrize("state", ["asked", "introduced"])
async def test_a_stranger_s_presses_do_nothing(
    database: Database, house: House, state: str
) -> None:
    pair = asked(database, house) if state == "asked" else await introduced(database, house)
    eve = villagers.somebody(pair.village, "Eve", "expat")
    before, log = pair.row, pair.log()
    for key in (*PRESSES, "", "=", "x" * 60, "yes_yes"):
        await eve.send_press(pair.ref, f"={key}")
        assert all(each not in eve.last.text for each in ("Jana", "Matej", "ceramics")), key
    for number in (0, 2, 10**15):
        await eve.send_press(reference(number), "=yes")
    for ref in ("@m", "@m-1", "@mZZ", "@q", "@qzzzzzzzzzzzzzzz"):
        await eve.send_press(ref, "=yes")
    assert (pair.row, pair.log()) == (before, log)


async def test_a_pair_that_is_over_takes_no_more_than_a_word(
    database: Database, house: House
) -> None:
    pair = await introduced(database, house)
    await pair.mentor.press("stop")
    over = pair.row
    for key in PRESSES:
        if key in ("met1", "met999", "block", "new") or key.startswith(("no_", "stop_")):
            continue  # these are words about what was, or of the mentee's request
        for chat in (pair.mentor, pair.mentee):
            await chat.send_press(pair.ref, f"={key}")
            await chat.say("/menu")
    assert pair.row.state == "ended"
    assert (pair.row.meeting_at, pair.row.suggested_at) == (None, None)
    assert pair.row.ended_at == over.ended_at


async def test_everything_that_can_be_pressed_is_answered(database: Database, house: House) -> None:
    """No button of a pair leaves its presser without a word."""
    pair = await introduced(database, house)
    for key in PRESSES:
        for chat in (pair.mentor, pair.mentee):
            assert await chat.send_press(pair.ref, f"={key}"), key
    assert {buttons.read(f"={key}") for key in PRESSES}.isdisjoint({None})


async def test_somebody_erased_in_between_is_missed_kindly(
    database: Database, house: House
) -> None:
    pair = await introduced(database, house)
    introduction = pair.mentee.last
    await pair.mentor.say("/forget")
    await pair.mentor.press("yes")
    await pair.mentor.press("yes")
    for key in ("times", "date", "stop"):
        await pair.mentee.press(key, on=introduction)
        assert "Jana" not in pair.mentee.last.text
    pair.village.days(1, step=STEP)
    assert "no longer taking part in mentoring" in pair.mentee.last.text
    assert "Jana" not in pair.mentee.last.text
    villagers.check(pair.village)


async def test_the_pair_is_looked_at_from_the_own_card(database: Database, house: House) -> None:
    pair = await introduced(database, house)
    await pair.mentor.say("/mentor")
    assert "Matej: you haven't met yet" in pair.mentor.last.text
    await pair.mentor.press("Show: Matej")
    assert "To sell my ceramics" in pair.mentor.last.text
    await pair.mentee.say("/mentor")
    assert "You've been introduced to Jana." in pair.mentee.last.text
    assert "Withdraw my request" not in pair.mentee.last.buttons
    await pair.mentee.press("Show: Jana")
    assert "How to reach Jana" in pair.mentee.last.text


# ---- a request that found nobody ----


async def test_a_request_that_found_nobody_has_ways_on(database: Database, house: House) -> None:
    village = Village(database, house)
    matej = villagers.somebody(village, "Matej", "local")
    villagers.asks(village, "Matej")
    village.days(47, step=STEP)
    honest = matej.last
    assert "we haven't found the right person yet" in honest.text
    await matej.press("events", on=honest)
    assert "no events for you" in matej.last.text
    await matej.press("wait", on=honest)
    assert "we'll keep looking" in matej.last.text
    await matej.press("formats", on=honest)
    assert matej.last.widget is not None
    await matej.say("/menu")
    await matej.press("edit", on=honest)
    assert "Your request for a mentor." in matej.last.text
    await matej.say("/menu")
    await matej.press("withdraw", on=honest)
    await matej.press("Yes, withdraw it")
    assert villagers.one(database, "SELECT status FROM mentoring_request") == "closed"
    for key in ("wait", "edit", "withdraw"):
        await matej.press(key, on=honest)
        assert "This request is no longer open." in matej.last.text


async def test_a_request_s_buttons_are_its_owner_s_alone(database: Database, house: House) -> None:
    village = Village(database, house)
    villagers.somebody(village, "Matej", "local")
    villagers.asks(village, "Matej")
    eve = villagers.somebody(village, "Eve", "local")
    for key in (*buttons.REQUESTED, "yes", "", "x" * 60):
        await eve.send_press(request_reference(1), f"={key}")
        assert "my first shop" not in eve.last.text
    assert villagers.one(database, "SELECT status FROM mentoring_request") == "open"
    assert villagers.one(database, "SELECT count(*) FROM conversation") == 0
