"""Events as messages: what a card says to whom, and what stands above it in a notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import rich
from messages.message import Link, Message, Picture
from messages.words import Words
from outreach.events import cards
from outreach.events.buttons import reference
from outreach.events.cards import card
from outreach.kinds import KINDS
from outreach.reader import Reader
from storage.events import EventRow, RsvpRow
from tests.messages.reading import everywhere
from tests.outreach.inviting import expats

LANGUAGES = ("en", "sk", "sl")
WORDS = Words(LANGUAGES)
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
STARTS = datetime(2026, 12, 5, 17, 0, tzinfo=UTC)  # a Saturday, six in the evening in Bratislava
EVENT = EventRow(
    id=7, key="brunch-nov", organisation="cike", status="announced", format="meetup",
    title={"en": "Brunch at Tabačka", "sk": "Brunch v Tabačke"},
    description={"en": "Come and eat.\n\nBring friends.", "sk": "Príďte sa najesť."},
    place={"": "Tabačka, Košice"}, note={"en": "The kitchen has moved."}, link=None,
    starts_at=STARTS, ends_at=STARTS + timedelta(hours=2), timezone="Europe/Bratislava",
    capacity=30, guests=0, rsvp_until=datetime(2026, 12, 3, 11, tzinfo=UTC), audience="",
    host_id=None, speaker_id=None, media_id=None, uid="u@domov", sequence=0, revision=0,
    code="ABC234", created_by=None, created_at=NOW, updated_at=NOW, announced_at=NOW,
    closed_at=None, cancelled_at=None,
)  # fmt: skip
JANA = Reader(1, "en", "Europe/Berlin", "Jana", organisation="cike", persona="expat")


def event(**changes: Any) -> EventRow:
    # Cards keep what readers share by uid: another event, another uid.
    return replace(EVENT, **{"uid": repr(sorted(changes.items(), key=str)), **changes})


def made(event: EventRow = EVENT, state: str | None = None, **more: Any) -> Message:
    """A card for Jana who answered ``state``."""
    reader = more.pop("reader", JANA)
    rsvp = RsvpRow(event.id, reader.person, state, **more.pop("rsvp", {})) if state else None
    return card(event, reader, rsvp, WORDS, expats(), more.pop("now", NOW), **more)


def text(*args: Any, **more: Any) -> str:
    return rich.plain(made(*args, **more).text)


def presses(*args: Any, **more: Any) -> list[str]:
    widget = made(*args, **more).widget
    return [option.press for option in widget.options] if widget else []


def labels(*args: Any, **more: Any) -> list[str]:
    widget = made(*args, **more).widget
    return [option.label for option in widget.options] if widget else []


def test_card_says_what_when_where_and_who() -> None:
    assert text(event(host="Matej", speaker="Ana <b>")) == (
        "Brunch at Tabačka\nBrunch or peer meet-up\n\n"
        "Come and eat.\n\nBring friends.\n\n"
        "📅 Saturday 5 December 2026, 18:00–20:00\n"
        "📍 Tabačka, Košice\n"
        "🎤 Speaker: Ana <b>\n"
        "🙋 Hosted by Matej\n"
        "🏛 Organised by CIKE\n"
        "👥 30 places\n\n"
        "Please answer by 3 December 2026, 12:00."
    )


@pytest.mark.parametrize(
    ("language", "zone", "own", "there"),
    [
        (
            "en", "America/New_York",
            "📅 Saturday 5 December 2026, 12:00–14:00 (your time zone: New York)",
            "🕐 18:00–20:00 (time zone: Bratislava)",
        ),
        (
            "sk", "Asia/Tokyo",
            "📅 Nedeľa 6. decembra 2026, 02:00 – 04:00 (vaše časové pásmo: Tokio)",
            "🕐 Sobota 5. decembra 2026, 18:00 – 20:00 (časové pásmo: Bratislava)",
        ),
        (
            "sl", "Europe/London",
            "📅 Sobota, 5. decembra 2026, 17:00–19:00 (vaš časovni pas: London)",
            "🕐 18:00–20:00 (časovni pas: Bratislava)",
        ),
    ],
)  # fmt: skip
def test_card_tells_the_reader_s_own_time_with_the_local_one_beside(
    language: str, zone: str, own: str, there: str
) -> None:
    lines = text(reader=replace(JANA, language=language, timezone=zone)).split("\n")
    assert own in lines
    assert lines[lines.index(own) + 1] == there


def test_card_tells_one_time_where_the_clocks_show_the_same() -> None:
    assert "time zone" not in text(reader=replace(JANA, timezone="Europe/Ljubljana"))


def test_card_of_several_days_says_both() -> None:
    long = event(ends_at=STARTS + timedelta(days=1))
    assert "📅 Saturday 5 December 2026, 18:00 – Sunday 6 December 2026, 18:00" in text(long)


def test_time_is_the_reader_s_on_the_day_of_the_event_not_of_today() -> None:
    """The United States leave summer time a week after Europe."""
    between = datetime(2026, 10, 28, 17, 0, tzinfo=UTC)
    early = event(starts_at=between, ends_at=between + timedelta(hours=1), rsvp_until=None)
    shown = text(early, reader=replace(JANA, timezone="America/New_York"), now=NOW)
    assert "13:00–14:00" in shown
    assert "18:00–19:00 (time zone: Bratislava)" in shown


def test_a_zone_nobody_knows_falls_back_to_the_event_s() -> None:
    shown = text(reader=replace(JANA, timezone="Mars/Olympus"))
    assert "📅 Saturday 5 December 2026, 18:00–20:00" in shown
    assert "time zone" not in shown


@pytest.mark.parametrize(
    ("language", "note"),
    [
        ("sl", "To besedilo imamo samo v angleščini."),
        ("sk", None),
        ("en", None),
    ],
)
def test_an_untranslated_event_falls_back_openly(language: str, note: str | None) -> None:
    shown = text(reader=replace(JANA, language=language))
    assert (note in shown) if note else ("iba v" not in shown and "only" not in shown)
    assert "Come and eat" in shown or language == "sk"


def test_an_event_in_one_language_is_told_in_it() -> None:
    only = event(title={"sl": "Zajtrk"}, description={"sl": "Pridite."})
    assert "This text is in Slovenian only." in text(only)
    assert "Tento text máme iba v slovinčine." in text(only, reader=replace(JANA, language="sk"))


def test_a_language_the_blueprint_lost_falls_back() -> None:
    assert made(reader=replace(JANA, language="de")).language == expats().language


def test_buttons_before_an_answer() -> None:
    message = made()
    assert message.widget is not None
    assert message.widget.ref == reference(7) == "@e7"
    assert presses() == ["=going", "=maybe", "=no"]
    assert labels(reader=replace(JANA, language="sk")) == ["Prídem", "Možno", "Neprídem"]
    assert labels(reader=replace(JANA, language="sl")) == ["Pridem", "Morda", "Ne morem"]


@pytest.mark.parametrize(
    ("state", "said", "pressed"),
    [
        ("going", "Your answer: going", ["=going", "=maybe", "=no", "=ics"]),
        ("maybe", "Your answer: maybe", ["=going", "=maybe", "=no", "=ics"]),
        ("no", "Your answer: I can't come", ["=going", "=maybe", "=no"]),
        ("waiting", "You're number 3 on the waiting list.", ["=no", "=maybe"]),
        (
            "offered",
            "We're keeping a place for you until 23 November 2026, 11:00.",
            ["=going", "=no"],
        ),
    ],
)
def test_card_shows_the_own_answer_and_what_can_be_changed(
    state: str, said: str, pressed: list[str]
) -> None:
    about = {"offered_until": NOW + timedelta(days=1)} if state == "offered" else {}
    assert said in text(state=state, rsvp=about, place=3)
    assert presses(state=state, rsvp=about, place=3) == pressed


def test_the_answer_given_has_a_tick() -> None:
    assert labels(state="maybe") == ["Going", "✓ Maybe", "Can't", "Add to calendar"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["+1 guest", "✓ +2 guests", "+3 guests"]),
        ("sk", ["+1 hosť", "✓ +2 hostia", "+3 hostia"]),
        ("sl", ["+1 gost", "✓ +2 gosta", "+3 gostje"]),
    ],
)
def test_guests_where_they_are_allowed(language: str, said: list[str]) -> None:
    shown = {"state": "going", "rsvp": {"guests": 2}, "reader": replace(JANA, language=language)}
    assert [label for label in labels(event(guests=3), **shown) if "+" in label] == said
    assert presses(event(guests=3), **shown)[3:7] == ["=g0", "=g1", "=g2", "=g3"]
    assert "=g1" not in presses(state="going")


def test_buttons_of_many_guests_fit_one_page() -> None:
    assert presses(event(guests=50), "going")[3:-1] == ["=g1", "=g9"]
    many = {"state": "going", "rsvp": {"guests": 5}}
    assert presses(event(guests=50), **many)[3:-1] == ["=g0", "=g1", "=g4", "=g5", "=g6", "=g9"]
    assert (
        max(
            len(presses(event(guests=n), "going", rsvp={"guests": m}))
            for n in range(10)
            for m in range(n + 1)
        )
        <= 10
    )


def test_a_late_answer_is_told_to_be_late_but_who_comes_can_still_leave() -> None:
    late = EVENT.answers_until
    assert "Answers are closed." in text(now=late)
    assert presses(now=late) == []
    assert presses(state="going", now=late) == ["=no", "=ics"]
    assert presses(event(status="closed"), "maybe") == ["=no", "=ics"]


@pytest.mark.parametrize(
    ("changes", "now", "said"),
    [
        ({"status": "cancelled"}, NOW, "This event has been cancelled."),
        ({}, STARTS, "This event has already started."),
        ({}, STARTS + timedelta(hours=2), "This event is over."),
        ({"status": "over"}, STARTS + timedelta(days=9), "This event is over."),
    ],
)
def test_what_has_become_of_it_is_told_and_no_answer_taken(
    changes: dict[str, Any], now: datetime, said: str
) -> None:
    assert said in text(event(**changes), now=now)
    assert not {"=going", "=maybe", "=no"} & set(presses(event(**changes), "going", now=now))


def test_afterwards_those_who_were_there_are_asked() -> None:
    over = STARTS + timedelta(hours=3)
    assert presses(state="going", now=over) == ["=feedback"]
    assert presses(state="no", now=over) == []
    assert presses(now=over) == []


def test_the_link_of_an_online_event_is_for_those_who_come() -> None:
    online = event(place={}, link="https://meet.example.org/x")
    assert "online; you'll get the link if you say you're coming" in text(online)
    assert "meet.example.org" not in text(online, "no")
    for state in ("going", "maybe"):
        assert "💻 https://meet.example.org/x" in text(online, state)
    assert "https://meet.example.org/x" in text(event(link="https://meet.example.org/x"))


def test_invitation_names_the_reader() -> None:
    shown = text(notice="invitation")
    assert shown.startswith("Jana, you're invited:\n\nBrunch at Tabačka")
    nameless = text(notice="invitation", reader=replace(JANA, name=""))
    assert nameless.startswith("You're invited:")


def test_picture_goes_with_what_is_shown_first() -> None:
    with_one = event(media_id=3, media_name="a.jpg", media_type="image/jpeg")
    assert made(with_one, notice="invitation").picture == Picture(3, "a.jpg", "image/jpeg")
    assert made(with_one).picture is None


@pytest.mark.parametrize(
    ("before", "en", "sk", "sl"),
    [
        (timedelta(days=7), "In 7 days:", "O 7 dní:", "Čez 7 dni:"),
        (timedelta(days=2), "In 2 days:", "O 2 dni:", "Čez 2 dneva:"),
        (timedelta(days=1), "Tomorrow:", "Zajtra:", "Jutri:"),
        (timedelta(hours=8), "Today:", "Dnes:", "Danes:"),
        (timedelta(hours=2), "In about 2 hours:", "Asi o 2 hodiny:", "Čez približno 2 uri:"),
        (timedelta(minutes=58), "In about 1 hour:", "Asi o 1 hodinu:", "Čez približno 1 uro:"),
        (timedelta(minutes=4), "In 4 minutes:", "O 4 minúty:", "Čez 4 minute:"),
        (timedelta(0), "Starting now:", "Práve sa začína:", "Pravkar se začenja:"),
    ],
)
def test_reminder_counts_from_when_it_is_sent(before: timedelta, en: str, sk: str, sl: str) -> None:
    for language, said in (("en", en), ("sk", sk), ("sl", sl)):
        reader = replace(JANA, language=language)
        shown = text(state="going", notice="reminder", now=STARTS - before, reader=reader)
        assert shown.startswith(f"⏰ {said}\n")


def test_reminder_counts_the_reader_s_days() -> None:
    """Eight hours before, it is tomorrow in Tokyo and today in Košice."""
    for zone, said in (("Asia/Tokyo", "Tomorrow"), ("Europe/Bratislava", "Today")):
        reader = replace(JANA, timezone=zone)
        now = STARTS - timedelta(hours=8)
        assert said in text(state="going", notice="reminder", now=now, reader=reader).split("\n")[0]


def test_reminder_asks_who_said_maybe() -> None:
    assert "You said maybe." in text(state="maybe", notice="reminder")
    assert "You said maybe." not in text(state="going", notice="reminder")


def test_numbers_stand_as_staff_wrote_them() -> None:
    dated = "28. 11. 2026 o 18.00\n9. 12. Viedeň\n\n2. ročník\n1. 1. x"
    strange = event(
        title={"en": "3. letnik"}, description={"en": dated}, note={"en": f"7. {dated}"},
        place={"": "4. poschodie"}, host="12. Jana", speaker="5. Ana",
    )  # fmt: skip
    for place, said in everywhere(
        made(strange, "going", notice="change", variant="s2").text
    ).items():
        lines = [line for line in said.split("\n") if line]
        assert "3. letnik" in lines, place
        for beginning in ("28.", "7. 28."):
            at = lines.index(f"{beginning} 11. 2026 o 18.00")
            assert lines[at + 1 : at + 4] == ["9. 12. Viedeň", "2. ročník", "1. 1. x"], place
        assert {"📍 4. poschodie", "🙋 Hosted by 12. Jana"} <= set(lines), place


@pytest.mark.parametrize(
    ("variant", "said"),
    [
        ("s2tp", "Please note what has changed: the time and the place"),
        ("s10l", "Please note what has changed: the link"),
        ("s3", "Something has changed."),
    ],
)
def test_change_says_what_changed_and_what_staff_said(variant: str, said: str) -> None:
    shown = text(state="going", notice="change", variant=variant)
    assert shown.startswith(f"⚠️ {said}")
    assert "The kitchen has moved." in shown
    assert "Your answer still stands." in shown


def test_cancellation_says_what_was_planned_and_has_no_buttons() -> None:
    cancelled = event(status="cancelled")
    shown = text(cancelled, "going", notice="cancellation")
    assert shown.startswith("❌ Sorry, this event has been cancelled.")
    assert "Brunch at Tabačka" in shown
    assert "It was planned for Saturday 5 December 2026, 18:00–20:00" in shown
    assert "The kitchen has moved." in shown
    assert presses(cancelled, "going", notice="cancellation") == []


def test_offer_and_its_end() -> None:
    open_until = {"offered_until": NOW + timedelta(hours=24)}
    offer = {"state": "offered", "notice": "offer", "rsvp": open_until, "variant": "o1"}
    assert text(**offer).startswith("🎟 Good news: a place has come free for you.")
    assert "until 23 November 2026, 11:00" in text(**offer)
    assert labels(**offer) == ["Accept the place", "No, thank you"]
    lapsed = {"state": "no", "notice": "offer", "variant": "x1"}
    assert text(**lapsed).startswith("We kept a place for you")
    assert "=going" in presses(**lapsed)


def test_thanks_ask_what_it_was_like() -> None:
    over = STARTS + timedelta(hours=4)
    thanks = {"state": "going", "notice": "thanks", "now": over}
    assert text(**thanks) == (
        "Jana, thank you for being with us at Brunch at Tabačka.\n\n"
        "What was it like? Telling us takes about 1 minute."
    )
    assert presses(**thanks) == ["=feedback"]


def test_thanks_without_a_survey_only_thank() -> None:
    without = expats().model_copy(update={"surveys": expats().surveys[:1]})
    rsvp = RsvpRow(7, 1, "going")
    message = card(EVENT, JANA, rsvp, WORDS, without, NOW, notice="thanks")
    assert message.widget is None


def test_feedback_is_asked_for_once_more() -> None:
    again = {"state": "going", "notice": "feedback_reminder", "now": STARTS + timedelta(days=2)}
    assert "we won't ask again" in text(**again)
    assert presses(**again) == ["=feedback"]


def test_every_notice_about_an_event_is_a_kind() -> None:
    assert set(cards.NOTICES) <= set(KINDS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("notice", sorted(cards.NOTICES))
def test_no_notice_speaks_another_language(notice: str, language: str) -> None:
    """All that is not the event's own words is in the reader's language."""
    alone = event(title={language: "X"}, description={}, place={}, note={}, format=None)
    about = {"offered_until": NOW + timedelta(hours=2)}
    shown = text(
        alone, "offered" if notice == "offer" else "going", rsvp=about, notice=notice,
        variant="s1tpl", reader=replace(JANA, language=language),
    )  # fmt: skip
    foreign = {
        "en": ("ďakujeme", "pozývame", "vabimo", "Organiz", "dňa"),
        "sk": ("you", "event", "Going", "vabimo", "dogodek", "Organised"),
        "sl": ("you", "event", "Going", "podujatie", "pozývame", "Organised"),
    }
    assert not [word for word in foreign[language] if word in shown]


def test_post_is_for_everybody_and_opens_the_chat() -> None:
    message = cards.post(EVENT, "sk", WORDS, expats(), NOW)
    shown = rich.plain(message.text)
    assert message.widget is None
    assert message.links == (Link("Odpovedať v chate", "start:event_brunch-nov"),)
    assert "📅 Sobota 5. decembra 2026, 18:00 – 20:00" in shown
    assert "Spolufinancovaný Európskou úniou" in shown
    assert "odpoveď" not in shown


def test_post_can_be_answered_where_it_stands_and_each_sees_their_own_time() -> None:
    message = cards.post(replace(EVENT, capacity=40), "en", WORDS, expats(), NOW, 12)
    facts = {fact.name: fact for panel in message.panels for fact in panel.facts}
    assert facts["When"].at == STARTS
    assert facts["Places"].value == "12 of 40 taken"
    (answers,) = [panel for panel in message.panels if panel.buttons]
    assert [option.press for option in answers.buttons] == ["=going", "=maybe", "=no"]
    assert [option.press for option in answers.more] == ["=ics"]
    over = cards.post(replace(EVENT, status="cancelled"), "en", WORDS, expats(), NOW, 12)
    assert not any(panel.buttons or panel.more for panel in over.panels)


def test_a_very_long_description_still_fits() -> None:
    long = event(description={"en": "word " * 4000})
    assert len(text(long, notice="invitation")) < 4096


@given(
    given_text=st.text(max_size=200),
    state=st.sampled_from([None, "going", "maybe", "no", "waiting", "offered"]),
    status=st.sampled_from(["announced", "closed", "over", "cancelled"]),
    hours=st.integers(-24 * 20, 24 * 5),
    zone=st.sampled_from(["Europe/Berlin", "Pacific/Kiritimati", "America/New_York", "", "UTC"]),
    language=st.sampled_from(["en", "sk", "sl", "de", ""]),
)
def test_any_event_makes_a_card_and_its_words_stay_words(
    given_text: str, state: str | None, status: str, hours: int, zone: str, language: str
) -> None:
    strange = replace(
        EVENT, uid=f"{given_text}", status=status, title={"sl": given_text},
        description={"sk": given_text}, place={"": given_text}, host=given_text, revision=hash(
            (status, state, zone, language)
        ),
    )  # fmt: skip
    reader = replace(JANA, name=given_text, timezone=zone, language=language)
    now = STARTS + timedelta(hours=hours)
    message = made(strange, state, reader=reader, now=now)
    widget = message.widget
    for option in widget.options if widget else ():
        assert len(f"@e7:{option.press}".encode()) <= 64
    assert all(span.href is None for block in message.text for span in _spans(block))


def _spans(block: Any) -> list[Any]:
    return list(getattr(block, "spans", ())) or [s for item in block.items for s in item]
