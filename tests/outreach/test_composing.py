"""What a planned message says when it is sent, and when there is nothing to say any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from messages import rich, stored
from messages.message import File, Message
from outreach import footer
from outreach.broadcasts.rendering import withdrawn
from outreach.claiming import Claimed
from outreach.composing import Composer, NothingToSay
from outreach.events import cards
from outreach.kinds import KINDS
from outreach.sources import Sources
from storage.broadcasts import BroadcastRow
from storage.events import EventRow, RsvpRow
from tests.outreach.inviting import expats
from tests.outreach.mentoring import introducing as pair
from tests.outreach.test_cards import EVENT, JANA, NOW, STARTS, WORDS

ANY = {
    "bodies": {"en": "Hello {{ name }}", "sk": "Dobrý deň"}, "id": 5, "key": "news",
    "organisation": "cike", "status": "sending", "title": "News",
}  # fmt: skip


def composer(now: datetime = NOW) -> Composer:
    return Composer(WORDS, expats(), lambda: now)


def claimed(kind: str, **values: Any) -> Claimed:
    base = Claimed(
        delivery=1, channel="telegram", account="bot", chat="c", user="u",
        lane=KINDS[kind].lane if kind in KINDS else 1, kind=kind, variant="", action="send",
        target=None, payload=None, attempts=0, broadcast=None, event=7, reader=JANA,
        expires_at=None,
    )  # fmt: skip
    return replace(base, **values)


def sources(event: EventRow = EVENT, state: str | None = None, **rsvp: Any) -> Sources:
    answers = {(7, 1): RsvpRow(7, 1, state, **rsvp)} if state else {}
    return Sources(events={7: event}, rsvps=answers)


def say(kind: str, made: Sources, now: datetime = NOW, **values: Any) -> str:
    return rich.plain(composer(now).compose(claimed(kind, **values), made).text)


def test_a_notice_is_made_of_the_event_and_the_answer_as_they_are_now() -> None:
    assert "you're invited" in say("invitation", sources())
    shown = say("reminder", sources(state="maybe"))
    assert "In 13 days:" in shown
    assert "Your answer: maybe" in shown


def test_a_stored_message_is_sent_as_it_was_stored() -> None:
    message = Message(rich.paragraph("As it was"), "sk")
    composed = composer().compose(claimed("test", payload=stored.dump(message, "12")), Sources())
    assert composed == message
    assert stored.load(stored.dump(message, "12")).target == "12"


def test_a_long_file_is_stored_packed_and_comes_out_as_it_was() -> None:
    """Everything held of a person is half a megabyte after a year."""
    text = '{"name": "Žofia"}\n' * 30_000
    for long in (text, "short"):
        message = Message((), "sk", file=File("a.json", "application/json", long))
        payload = stored.dump(message, "12")
        assert len(payload) < 20_000
        assert (stored.load(payload).message, stored.load(payload).target) == (message, "12")


def test_a_broadcast_is_rendered_for_its_reader() -> None:
    made = Sources(broadcasts={5: _broadcast()})
    sk = replace(JANA, language="sk")
    shown = say("broadcast", made, broadcast=5, event=None)
    assert shown.startswith("Hello Jana\n\nCIKE is writing to you because")
    shown = say("broadcast", made, broadcast=5, event=None, reader=sk)
    assert shown.startswith("Dobrý deň\n\nCIKE vám píše")


def _broadcast() -> BroadcastRow:
    from dataclasses import MISSING, fields

    empty: dict[str, Any] = {
        field.name: None for field in fields(BroadcastRow) if field.default is MISSING
    }
    lists: dict[str, Any] = {"buttons": [], "question": None, "revision": 0}
    known = {f.name for f in fields(BroadcastRow)}
    return BroadcastRow(**{**empty, **lists, **{k: v for k, v in ANY.items() if k in known}})


def test_only_a_correction_keeps_what_was_pressed_below_the_first_text() -> None:
    """``variant`` of any other broadcast is no answer."""
    made = Sources(broadcasts={5: _broadcast()})
    assert "Hello Jana" in say("broadcast", made, broadcast=5, event=None, variant="not JSON")
    with pytest.raises(NothingToSay, match="cannot be made"):
        say("correction", made, broadcast=5, event=None, variant="not JSON")


@pytest.mark.parametrize("variant", ["declined", "expired", "undone"])
def test_whoever_waits_for_the_other_account_is_told(variant: str) -> None:
    shown = say("link", Sources(), event=None, variant=variant)
    assert shown == WORDS.text(f"link.told_{variant}", "en")


@pytest.mark.parametrize(
    ("kind", "state", "changes", "now", "reason"),
    [
        ("invitation", "going", {}, NOW, "their answer is going"),
        ("invitation", "no", {}, NOW, "their answer is no"),
        ("reminder", "no", {}, NOW, "their answer is no"),
        ("reminder", None, {}, NOW, "they have not answered"),
        ("reminder", "waiting", {}, NOW, "their answer is waiting"),
        ("last_reminder", "going", {}, STARTS + timedelta(hours=3), "event over"),
        ("change", "no", {}, NOW, "their answer is no"),
        ("reminder", "going", {"status": "cancelled"}, NOW, "event cancelled"),
        ("invitation", None, {"status": "cancelled"}, NOW, "event cancelled"),
        ("thanks", "going", {"status": "cancelled"}, NOW, "event cancelled"),
        ("cancellation", "going", {}, NOW, "not cancelled"),
        ("cancellation", "no", {"status": "cancelled"}, NOW, "their answer is no"),
        ("invitation", None, {"status": "draft"}, NOW, "the event is a draft again"),
        ("thanks", "maybe", {}, STARTS + timedelta(days=1), "their answer is maybe"),
        ("offer", "going", {}, NOW, "the offer is not open any more"),
        ("rumour", "going", {}, NOW, "there is no notice 'rumour' about an event"),
    ],
)
def test_much_can_happen_between_planning_and_sending(
    kind: str, state: str | None, changes: dict[str, Any], now: datetime, reason: str
) -> None:
    made = sources(replace(EVENT, **changes), state)
    with pytest.raises(NothingToSay, match=f"^{reason}$"):
        say(kind, made, now)


def test_a_cancellation_is_told_also_when_it_would_be_over() -> None:
    made = sources(replace(EVENT, status="cancelled"), "going")
    assert "cancelled" in say("cancellation", made, STARTS + timedelta(days=1))


@pytest.mark.parametrize("kind", sorted(cards.NOTICES))
def test_every_notice_can_be_said(kind: str) -> None:
    states = {"invitation": None, "offer": "offered"}
    event = replace(EVENT, status="cancelled") if kind == "cancellation" else EVENT
    assert say(kind, sources(event, states.get(kind, "going")))


def test_an_offer_that_has_run_out_is_not_made() -> None:
    made = sources(state="offered", offered_until=NOW)
    assert say("offer", made, NOW - timedelta(seconds=1), variant="o1")
    with pytest.raises(NothingToSay, match="run out"):
        say("offer", made, variant="o1")
    for state in (None, "going"):
        with pytest.raises(NothingToSay, match=r"^the offer is not open any more$"):
            say("offer", sources(state=state), variant="o1")


def test_the_end_of_an_offer_is_told_unless_they_answered_anew() -> None:
    assert "the time to accept it ran out" in say("offer", sources(state="no"), variant="x1")
    with pytest.raises(NothingToSay, match="answered anew"):
        say("offer", sources(state="waiting"), variant="x1")


def test_what_is_gone_is_told() -> None:
    for values, reason in (
        ({"event": 9}, "the event is gone"),
        ({"reader": None}, "the reader is gone"),
        ({"event": None}, "it is about nothing"),
        ({"event": None, "broadcast": 4}, "the broadcast or its reader is gone"),
        ({"event": None, "broadcast": 5, "reader": None}, "the broadcast or its reader is gone"),
    ):
        made = replace(sources(state="going"), broadcasts={5: _broadcast()})
        with pytest.raises(NothingToSay, match=f"^{reason}$"):
            composer().compose(claimed("reminder", **values), made)
    for kind in ("staff_notice", "link"):
        with pytest.raises(NothingToSay, match=r"^it is about nothing$"):
            composer().compose(claimed(kind, reader=None, event=None), sources())


@pytest.mark.parametrize(
    ("whose", "reader_s", "name"),
    [("bsc_kranj", "cike", "BSC Kranj"), ("", "cike", "CIKE"), ("", "bsc_kranj", "BSC Kranj")],
)
def test_a_pair_is_looked_after_by_the_mentee_s_organisation_or_else_the_reader_s(
    whose: str, reader_s: str, name: str
) -> None:
    reader = replace(pair.reader("mentor"), organisation=reader_s)
    made = Sources(
        matches={77: replace(pair.INTRODUCED, organisation=whose)}, requests={5: pair.REQUEST},
        offers={1: pair.OFFER}, others={(1, 2): pair.TO_MENTOR},
    )  # fmt: skip
    message = composer().compose(claimed("introduction", reader=reader, match=77, event=None), made)
    assert name in rich.plain(message.text).splitlines()[-1]


def test_a_withdrawn_broadcast_is_taken_away_or_says_so() -> None:
    made = Sources(broadcasts={5: _broadcast()})
    about = {"broadcast": 5, "event": None}
    assert composer().compose(claimed("withdrawal", action="delete", **about), made) == Message(())
    edited = composer().compose(claimed("withdrawal", action="edit", **about), made)
    assert edited == withdrawn(JANA, WORDS, expats())


PAIR = Sources(
    matches={77: pair.INTRODUCED}, requests={5: pair.REQUEST}, offers={1: pair.OFFER},
    others={(1, 2): pair.TO_MENTOR, (2, 1): pair.TO_MENTEE},
)  # fmt: skip


def about_pair(kind: str, role: str, made: Sources, **values: Any) -> Message:
    """What one of the two is told."""
    about = {"event": None, "match": 77, "reader": pair.reader(role), **values}
    return Composer(pair.WORDS, expats(), lambda: pair.NOW).compose(claimed(kind, **about), made)


def signed(card: Message, kind: str, sender: str | None) -> Message:
    return footer.signed(card, kind, sender, pair.WORDS, expats())


@pytest.mark.parametrize("role", ["mentor", "mentee"])
@pytest.mark.parametrize(
    ("kind", "variant"),
    [("introduction", ""), ("meet_nudge", "7"), ("match_ended", "stopped"), ("mentor_break", "")],
)
def test_what_is_said_of_a_pair_is_its_card(kind: str, variant: str, role: str) -> None:
    card = pair.made(kind, pair.INTRODUCED, role, variant=variant)
    assert about_pair(kind, role, PAIR, variant=variant) == signed(
        card, kind, pair.INTRODUCED.organisation
    )


def test_what_is_said_of_a_request_alone() -> None:
    alone = Sources(requests={5: pair.REQUEST})
    card = pair.made("request_unmatched", None, "mentee", offer=None, other=None)
    told = about_pair("request_unmatched", "mentee", alone, match=None, request=5)
    assert told == signed(card, "request_unmatched", pair.reader("mentee").organisation)


def test_what_is_said_of_a_pair_whose_other_one_and_request_are_gone() -> None:
    left = replace(pair.INTRODUCED, state="gone", mentee_id=None, request_id=None)
    card = pair.made("match_ended", left, "mentor", variant="gone", request=None, other=None)
    made = replace(PAIR, matches={77: left})
    told = about_pair("match_ended", "mentor", made, variant="gone")
    assert told == signed(card, "match_ended", left.organisation)


def test_what_is_said_of_a_pair_whose_mentor_is_gone() -> None:
    """Who was the first mentor of all has nothing to do with it."""
    left = replace(pair.INTRODUCED, state="gone", mentor_id=None)
    card = pair.made("match_ended", left, "mentee", variant="gone", offer=None, other=None)
    told = about_pair("match_ended", "mentee", replace(PAIR, matches={77: left}), variant="gone")
    assert told == signed(card, "match_ended", left.organisation)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"match": 78}, "it is about nobody any more"),
        ({"match": None, "request": 6}, "it is about nobody any more"),
        ({"reader": None}, "it is about nobody any more"),
        ({"reader": replace(pair.reader("mentor"), person=3)}, "it is about others now"),
    ],
)
def test_nothing_is_said_of_a_pair_to_others(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(NothingToSay, match=f"^{reason}$"):
        about_pair("introduction", "mentor", PAIR, **values)


def test_after_an_absence_the_buttons_are_those_of_what_was_asked() -> None:
    """The variant says when the program was back, and nothing about what is asked."""
    back = "1764583200"
    for made, asked in (
        (sources(), claimed("invitation")),
        (sources(state="offered"), claimed("offer", variant="7")),
    ):
        line = composer().compose(claimed("away", variant=back), made)
        whole = composer().compose(asked, made).widget
        assert whole is not None
        assert line.widget is not None
        assert line.widget == replace(whole, controls=line.widget.controls)  # no footer
        assert rich.plain(line.text).startswith("I was away for a while. If you answered about ")
    for role, kind in (("mentor", "mentor_ask"), ("mentee", "mentee_ask")):
        match = pair.ASKED if role == "mentor" else pair.MENTEE_ASKED
        made = replace(PAIR, matches={77: match})
        line = about_pair("away", role, made, variant=back)
        assert line.widget is not None
        assert line.widget == pair.made(kind, match, role).widget
        assert rich.plain(line.text) == (
            "I was away for a while. If you pressed a button in the meantime,"
            " please press it again."
        )
    with pytest.raises(NothingToSay, match=r"^it is about nobody any more$"):
        about_pair("away", "mentor", PAIR, match=78)


def test_a_message_that_cannot_be_made_fails_alone() -> None:
    with pytest.raises(NothingToSay, match=r"^it cannot be made: ValidationError$"):
        composer().compose(claimed("test", payload="{}"), Sources())
    broken = replace(_broadcast(), bodies={})
    with pytest.raises(NothingToSay, match="it cannot be made"):
        say("broadcast", Sources(broadcasts={5: broken}), broadcast=5, event=None)


def test_a_post_is_in_the_language_named_or_the_staff_s() -> None:
    assert "Organizira: CIKE" in say("post", sources(), reader=None, variant="sl")
    assert "Organizuje: CIKE" in say("post", sources(), reader=None)
    theirs = replace(EVENT, organisation="bsc_kranj")
    assert "Organizira: CIKE" in say("post", sources(theirs), reader=None)
    nobody_s = sources(replace(EVENT, organisation="nobody's"))
    assert say("post", nobody_s, reader=None) == say(
        "post", nobody_s, reader=None, variant=expats().language
    )


def test_a_farewell_of_a_programme_that_goes_on_is_not_said() -> None:
    """Its end was taken back altogether."""
    going_on = expats().model_copy(
        update={"programme": expats().programme.model_copy(update={"ends_on": None})}
    )
    farewell = claimed("farewell", event=None, variant="2028-12-31")
    with pytest.raises(NothingToSay, match=r"^the end was put off$"):
        Composer(WORDS, going_on, lambda: NOW).compose(farewell, Sources())


def test_a_test_shows_the_invitation() -> None:
    assert "you're invited" in say("test", sources(replace(EVENT, status="draft")))
