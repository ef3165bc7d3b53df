"""What is said about a pair or a request: to whom, when, and what never."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import rich, slack, telegram, web
from messages.base36 import base36
from messages.check import WRITTEN_LIMIT
from messages.message import Span
from outreach.kinds import KINDS
from outreach.mentoring import cards
from outreach.mentoring.buttons import reference
from storage.mentoring.matches import MatchRow
from tests.outreach.inviting import expats
from tests.outreach.mentoring.introducing import (
    ASKED,
    DAY,
    INTRODUCED,
    LANGUAGES,
    MENTEE_ASKED,
    MET,
    NOW,
    OFFER,
    REQUEST,
    TO_MENTEE,
    TO_MENTOR,
    WORDS,
    labels,
    made,
    presses,
    reader,
    text,
)

ENDS = ("stopped", "declined", "gone", "silent", "staff", "done", "not_met")
NUDGES = ("7", "14", "after@1", "again@1", "late")
VARIANTS = {"match_ended": ENDS, "meet_nudge": NUDGES, "match_lapsed": ("", "closed")}
CASES = [(kind, variant) for kind in cards.NOTICES for variant in VARIANTS.get(kind, ("",))]
SECRETS = ("Jana Kováčová", "jana@", "jana_k", "Matej Novák", "matej@", "matej_n", "linkedin", "U1")


def test_every_kind_that_is_planned_has_words() -> None:
    about_pairs = {key for key, kind in KINDS.items() if kind.consent == "mentoring"}
    assert about_pairs | {"match_ended"} == set(cards.NOTICES)


READERS = [(role, language) for role in ("mentor", "mentee") for language in LANGUAGES]


@pytest.mark.parametrize(("kind", "variant"), CASES)
def test_notice_fits_every_platform(kind: str, variant: str) -> None:
    for role, language in READERS:
        _fits(kind, variant, role, language)


def _fits(kind: str, variant: str, role: str, language: str) -> None:
    long = "Wolfeschlegelsteinhausenbergerdorff " * 30
    other = replace(TO_MENTEE if role == "mentee" else TO_MENTOR, name=long[:80])
    match = replace(
        MET, id=2**40, meeting_at=NOW + DAY, suggested_at=NOW + DAY, suggested_by="mentee",
        mentee_contact=("email", "chat"),
    )  # fmt: skip
    request, offer = replace(REQUEST, id=2**40, goal=long * 3), replace(OFFER, topics=long * 3)
    message = made(kind, match, role, language, variant, other=other, request=request, offer=offer)
    who = (role, language)
    assert rich.plain(message.text).strip(), who
    assert telegram.length(message.text) <= telegram.TEXT_LIMIT, who
    assert len(slack.split(message.text)) == 1, who
    assert web.html(message.text), who
    for option in message.widget.options if message.widget else ():
        assert len(option.label) <= WRITTEN_LIMIT, who
        assert message.widget is not None
        assert len(f"{message.widget.ref}:{option.press}".encode()) <= 64, who


@pytest.mark.parametrize("match", [ASKED, MENTEE_ASKED, replace(ASKED, state="withdrawn")])
@pytest.mark.parametrize(("kind", "variant"), [*CASES, (None, "")])
def test_nobody_is_named_before_both_said_yes(
    kind: str | None, variant: str, match: MatchRow
) -> None:
    shared = replace(match, mentor_contact=("email", "chat"), mentee_contact=("email", "chat"))
    for role, language in READERS:
        said = repr(made(kind, shared, role, language, variant))
        assert not [secret for secret in SECRETS if secret in said], (role, language)


def test_mentor_is_asked_with_what_is_wanted_why_and_until_when() -> None:
    said = text("mentor_ask", ASKED, "mentor")
    assert said == (
        "🤝 Matej, someone from the region is looking for a mentor, and we thought of you.\n\n"
        "What they need help with, in their own words:\n"
        "To sell my ceramics in *Austria* & <b>Germany</b>.\n"
        "• Skills: Communication, Teamwork\n"
        "• Field: Business and management\n"
        "• Languages: Slovak and English\n"
        "• How to meet: Online\n"
        "• How often: Every two weeks\n"
        "• When to start: Within two months\n\n"
        "Why we think you're a good match:\n"
        "• You offer what they're looking for: Communication, Teamwork.\n"
        "• You both work in the same field: Business and management.\n"
        "• You can meet online.\n"
        "• You're both free at the same time for about 5 hours a week.\n"
        "• The request has been waiting for 12 days.\n"
        "• In 2 rounds there was no mentor for this request.\n"
        "• This request comes first in this round.\n\n"
        "Please answer by 26 November 2026, 05:00. We won't share your name or contact until you"
        " have both said yes. Saying no is fine too."
    )
    assert presses(made("mentor_ask", ASKED, "mentor")) == ["=yes", "=no"]


def test_own_words_are_data() -> None:
    bold = [
        span
        for block in made("mentor_ask", ASKED, "mentor").text
        for span in getattr(block, "spans", ())
        if "Germany" in span.text
    ]
    assert [(span.text, span.bold) for span in bold] == [
        ("To sell my ceramics in *Austria* & <b>Germany</b>.", False)
    ]


written = (
    st.text(max_size=200)
    .map(lambda each: rich.visible(re.sub(r"\r\n?", "\n", each)).strip())
    .filter(bool)
)


@given(written, written)
def test_whatever_people_write_comes_out_as_written(name: str, goal: str) -> None:
    other = replace(TO_MENTOR, name=name, telegram=None, email=None)
    request = replace(REQUEST, goal=goal)
    message = made("introduction", INTRODUCED, "mentor", other=other, request=request)
    spans = [span for block in message.text for span in getattr(block, "spans", ())]
    assert [span.text for span in spans if span.bold][1:] == [name]
    assert [span.text for span in spans if span.italic] == [goal]
    assert not [span for span in spans if span.href]


def test_mentee_is_asked_with_what_the_mentor_offers() -> None:
    said = text("mentee_ask", MENTEE_ASKED, "mentee")
    assert "• Skills: Communication, Leadership\n• Topics: selling abroad\n" in said
    assert "• Field: Culture, art and design\n• Country: United States\n" in said
    assert "• You've been waiting for 12 days." in said
    assert "Please answer by 26 November 2026, 11:00." in said


def test_introduction_names_both_with_the_contacts_each_agreed_to() -> None:
    to_mentee = text("introduction", INTRODUCED, "mentee")
    assert "Meet Matej Novák" in to_mentee
    assert (
        "How to reach Matej Novák:\n• E-mail: matej@example.com\n"
        "• LinkedIn: https://www.linkedin.com/in/matej\n• Telegram: @matej_n\n"
        "• Slack: Matej Novák\n\n" in to_mentee
    )
    assert "What we've passed on about you: Chat" in to_mentee
    to_mentor = text("introduction", INTRODUCED, "mentor")
    assert "How to reach Jana Kováčová:\n• Telegram: @jana_k\n\n" in to_mentor
    assert "jana@example.com" not in to_mentor
    assert "To sell my ceramics" in to_mentor


def test_introduction_has_three_questions_and_times_in_both_zones() -> None:
    message = made("introduction", INTRODUCED, "mentee")
    said = rich.plain(message.text)
    assert said.count("?") == 3
    assert "• Monday 23 November, 17:00 (New York: 11:00)" in said
    assert labels(message)[0] == "Monday 23 November, 17:00"
    mine, theirs = presses(message), presses(made("introduction", INTRODUCED, "mentor"))
    assert mine == theirs, "both see the same three moments"
    assert [press[:2] for press in mine[:3]] == ["=t"] * 3
    assert mine[3:] == ["=times", "=date", "=stop"]


def test_contact_that_was_not_shared_is_nowhere() -> None:
    nothing = replace(INTRODUCED, mentor_contact=())
    said = repr(made("introduction", nothing, "mentee"))
    assert "matej@" not in said
    assert "t.me" not in said
    assert "they'll be in touch" in said


def test_links_lead_to_the_chat() -> None:
    message = made("introduction", INTRODUCED, "mentee")
    links = {
        span.href
        for block in message.text
        for line in getattr(block, "items", ())
        for span in line
        if isinstance(span, Span) and span.href
    }
    assert links == {
        "mailto:matej@example.com", "https://www.linkedin.com/in/matej", "https://t.me/matej_n",
        "https://slack.com/app_redirect?team=T1&channel=U1",
    }  # fmt: skip


def pressed(at: datetime) -> str:
    """The press that agrees to this time."""
    return f"=t{base36(int(at.timestamp()) // 60)}"


def test_suggested_time_can_be_accepted() -> None:
    match = replace(INTRODUCED, suggested_at=NOW + 2 * DAY, suggested_by="mentor")
    message = made("meeting_suggested", match, "mentee")
    said = "📅 Matej Novák suggests: Tuesday 24 November, 11:00 (New York: 05:00)"
    assert rich.plain(message.text).startswith(said)
    assert presses(message) == [pressed(NOW + 2 * DAY), "=times"]


def test_agreed_time_goes_into_the_calendar() -> None:
    message = made("meeting_set", replace(INTRODUCED, meeting_at=NOW + 2 * DAY), "mentor")
    assert rich.plain(message.text).startswith(
        "📅 Agreed: Tuesday 24 November, 05:00 (Bratislava: 11:00)"
    )
    assert "=ics" in presses(message)


def test_other_day_at_the_others_is_said() -> None:
    late = NOW.replace(hour=3) + 2 * DAY
    said = text("meeting_set", replace(INTRODUCED, meeting_at=late), "mentor")
    assert "Monday 23 November, 22:00 (Bratislava: Tuesday 24 November, 04:00)" in said


@pytest.mark.parametrize(
    ("variant", "match", "said", "meeting"),
    [
        ("7", INTRODUCED, "7 days ago we introduced you to Matej Novák.", "=met1"),
        ("late", INTRODUCED, "7 days ago we introduced you", "=met1"),
        ("again@2", MET, "You and Matej Novák: have you met again since then?", "=met3"),
        (
            "after@1", replace(MET, meeting_at=NOW - DAY / 8),
            "You had a meeting planned with Matej Novák: Sunday 22 November, 08:00", "=met3",
        ),
    ],
)  # fmt: skip
def test_nudge_asks_for_the_meeting_it_is_about(
    variant: str, match: MatchRow, said: str, meeting: str
) -> None:
    message = made("meet_nudge", match, "mentee", "en", variant)
    assert said in rich.plain(message.text)
    assert presses(message) == [meeting, "=date", "=notyet", "=stop"]


@pytest.mark.parametrize("which", ["first", "midway", "end"])
def test_check_is_answered_with_one_tap(which: str) -> None:
    pressed = presses(made(f"check_{which}", MET, "mentor"))
    assert pressed[:3] == [f"=good_{which}", f"=fair_{which}", f"=bad_{which}"]
    assert pressed[3:] == (["=more", "=finish"] if which == "end" else ["=stop"])


def _ended(variant: str, role: str, match: MatchRow = MET, **more: Any) -> str:
    return text("match_ended", replace(match, state="ended"), role, "en", variant, **more)


def test_end_says_what_becomes_of_request_and_place() -> None:
    closed = replace(REQUEST, status="closed")
    waiting = replace(REQUEST, ahead=0)
    assert "you're first in line in the next round" in _ended("stopped", "mentee")
    assert "we'll keep looking" in _ended("stopped", "mentee", request=waiting)
    assert "request" not in _ended("stopped", "mentee", request=closed)
    assert "Your place is free again" in _ended("stopped", "mentor")


def test_silence_is_nobodys_fault() -> None:
    closed = replace(REQUEST, status="closed")
    assert _ended("silent", "mentee").startswith("We haven't heard from Matej Novák")
    assert _ended("silent", "mentor", request=closed).startswith("We haven't heard from Jana")
    own = made("match_ended", MET, "mentee", "en", "silent", request=closed)
    assert rich.plain(own.text).startswith("We haven't heard from you for a while")
    assert presses(own) == ["=new"]
    heard = replace(MET, mentee_seen_at=NOW)
    assert _ended("silent", "mentee", heard, request=closed).startswith("We haven't heard from M")


def test_who_is_gone_is_not_named() -> None:
    for other in (None, TO_MENTEE):
        said = _ended("gone", "mentee", other=other)
        assert said.startswith("The person we introduced you to on 15 November 2026 is no longer")
        assert "Matej" not in said


def test_mentor_who_said_yes_is_thanked_and_one_who_had_not_is_not() -> None:
    declined = _ended("declined", "mentor", replace(MENTEE_ASKED, state="declined"))
    assert declined.startswith("Thank you for saying yes.")
    settled = _ended("stopped", "mentor", replace(ASKED, state="withdrawn"))
    assert settled.startswith("The request we asked you about is no longer open")


def test_end_with_an_erased_other_is_still_told() -> None:
    gone = replace(MET, mentor_id=None, state="ended", request_id=None)
    for variant in ENDS:
        assert text("match_ended", gone, "mentee", "en", variant, other=None, request=None)


def test_break_can_be_ended_with_one_tap() -> None:
    message = made("mentor_break", MET, "mentor")
    assert "until 20 February 2027" in rich.plain(message.text)
    assert message.widget is not None
    assert (message.widget.ref, presses(message)) == ("m", ["=mentor.back"])


def test_unmatched_request_gets_an_honest_word_and_ways_on() -> None:
    message = made("request_unmatched", None, "mentee")
    assert "for 46 days. To be honest" in rich.plain(message.text)
    assert message.widget is not None
    assert message.widget.ref == "@q5"
    assert presses(message) == ["=events", "=formats", "=edit", "=wait", "=withdraw"]


def test_unmatched_request_is_not_offered_a_survey_that_there_is_not() -> None:
    bare = expats().model_copy(update={"surveys": ()})
    message = cards.card(
        "request_unmatched", None, REQUEST, None, reader("mentee"), "mentee", None, WORDS, bare,
        NOW,
    )  # fmt: skip
    assert "=formats" not in presses(message)


def test_pair_card_shows_how_things_stand() -> None:
    card = made(None, INTRODUCED, "mentor")
    assert rich.plain(card.text).startswith("Jana Kováčová, your mentee\n")
    assert "You haven't met yet." in rich.plain(card.text)
    assert presses(card) == ["=page0", "=date", "=met1", "=stop"]
    theirs = replace(INTRODUCED, suggested_at=NOW + DAY, suggested_by="mentee")
    yes = pressed(NOW + DAY)
    assert presses(made(None, theirs, "mentor")) == [yes, "=times", "=met1", "=stop"]
    assert presses(made(None, theirs, "mentee")) == ["=page0", "=date", "=met1", "=stop"]
    assert "We've met" in labels(card)
    assert "We've met again" in labels(made(None, MET, "mentor"))
    agreed = replace(INTRODUCED, meeting_at=NOW + DAY)
    assert presses(made(None, agreed, "mentee")) == ["=ics", "=times", "=met1", "=stop"]


def test_pair_card_asks_whose_turn_it_is() -> None:
    assert presses(made(None, ASKED, "mentor")) == ["=yes", "=no"]
    assert presses(made(None, MENTEE_ASKED, "mentee")) == ["=yes", "=no"]
    assert text(None, MENTEE_ASKED, "mentor").startswith("You've said yes.")
    assert presses(made(None, MENTEE_ASKED, "mentor")) == ["=stop"]
    assert text(None, ASKED, "mentee").startswith("⏳ We're asking someone right now")


def test_pair_card_of_an_end_offers_nothing_to_press() -> None:
    for state in ("done", "ended"):
        card = made(None, replace(MET, state=state), "mentor")
        assert "This pairing has ended." in rich.plain(card.text)
        assert card.widget is None
        assert "t.me" not in repr(card), "contacts are for a pair that goes on"


def test_other_times_are_others() -> None:
    shown: set[str] = set()
    for page in range(5):
        card = cards.Card(
            INTRODUCED, REQUEST, OFFER, reader("mentee"), "mentee", TO_MENTEE, WORDS, expats(), NOW
        )
        pressed = presses(cards.times(card, page))
        moments = set(pressed[:3])
        assert not moments & shown
        shown |= moments
        following = {0: "=times", 4: None}.get(page, f"=page{page + 1}")
        assert pressed[3:] == [*([following] if following else []), "=date"]


def test_unknown_reader_language_falls_back() -> None:
    message = made("mentor_ask", ASKED, "mentor", "de")
    assert message.language == "en"
    assert "someone from the region" in rich.plain(message.text)


def test_buttons_belong_to_the_pair() -> None:
    message = made("mentor_ask", ASKED, "mentor")
    assert message.widget is not None
    assert message.widget.ref == reference(77) == "@m25"


@pytest.mark.parametrize(
    ("language", "days", "said"),
    [
        ("sk", 1, "predstavili sme vás pred 1 dňom."),
        ("sk", 14, "predstavili sme vás pred 14 dňami."),
        ("sl", 1, "predstavili smo vaju pred 1 dnevom."),
        ("sl", 2, "predstavili smo vaju pred 2 dnevoma."),
        ("sl", 7, "predstavili smo vaju pred 7 dnevi."),
    ],
)
def test_days_follow_the_language(language: str, days: int, said: str) -> None:
    match = replace(INTRODUCED, introduced_at=NOW - days * DAY)
    assert said in text("meet_nudge", match, "mentee", language, "7")
