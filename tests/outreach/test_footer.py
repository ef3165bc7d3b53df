"""Below everything that is sent unasked: who sends it, who pays, how to end it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from messages import rich, slack, telegram
from messages.message import Message
from outreach.composing import Composer
from outreach.deciding import Never, decide
from outreach.events import cards as events
from outreach.kinds import KINDS, REFUSABLE
from outreach.mentoring import cards as pairs
from outreach.sources import Sources
from storage import profile
from storage.homes import Next
from storage.profile import Held
from tests.outreach.candidates import ANEW, ready
from tests.outreach.inviting import expats
from tests.outreach.mentoring import introducing as pair
from tests.outreach.sending import NOON, RULES
from tests.outreach.test_cards import EVENT, JANA, NOW, WORDS
from tests.outreach.test_composing import _broadcast, claimed, sources

STOPS = {
    "en": "No more messages like this", "sk": "Už mi toto neposielajte",
    "sl": "Takih sporočil ne želim več",
}  # fmt: skip
FUNDING = expats().programme.funding_statement.root
UNASKED = sorted(key for key, kind in KINDS.items() if kind.stop is not None)
# Of what was sent before; to staff, a group; what somebody asked for.
ASIDE = {
    "correction", "withdrawal", "test", "post",  # of what was sent before; to staff, to a group
    "staff_notice", "staff_reply", "link",  # to staff; an answer; a question about linking
    "farewell", "unfinished",  # once, of an erasure that ends all by itself; they name the senders
    "bring_back",  # it says itself how to end it for good
    "away",  # one line, about what they were asked before
}  # fmt: skip
# What is stored of somebody in Berlin.
KNOWN = {**dict.fromkeys((*profile.COLUMNS, "timezone", "geonameid")), "city": "Berlin",
         "country": "DE"}  # fmt: skip


def composed(kind: str, language: str = "en") -> Message:
    """One of a kind from BSC Kranj, to a reader whom CIKE looks after."""
    reader: Any = replace(JANA, language=language, organisation="cike")
    if kind == "broadcast":
        made = Sources(broadcasts={5: replace(_broadcast(), organisation="bsc_kranj")})
        about: dict[str, Any] = {"broadcast": 5, "event": None}
    elif kind in events.NOTICES:
        status = "cancelled" if kind == "cancellation" else EVENT.status
        event = replace(EVENT, organisation="bsc_kranj", status=status)
        made, about = (
            sources(event, {"invitation": None, "offer": "offered"}.get(kind, "going")),
            {},
        )
    elif kind in ANEW:
        reader = replace(reader, organisation="bsc_kranj")
        told = Held(KNOWN, {}, {}, {"city": NOW - timedelta(days=500)})
        home = Next(NOW.date() - timedelta(days=60), "willingness", "2026")
        made = Sources(known={reader.person: told}, homes={reader.person: home})
        about = {"event": None, "variant": str(int((NOW - timedelta(days=365)).timestamp()))}
    else:
        match = replace(pair.ASKED, organisation="bsc_kranj")
        if kind not in ("mentor_ask", "ask_reminder"):
            match = replace(pair.INTRODUCED, organisation="bsc_kranj")
        made = Sources(
            matches={77: match}, requests={5: pair.REQUEST}, offers={1: pair.OFFER},
            others={(1, 2): pair.TO_MENTOR},
        )  # fmt: skip
        reader = replace(pair.reader("mentor"), language=language, organisation="cike")
        about = {"match": 77, "event": None, "variant": "stopped" if kind == "match_ended" else ""}
    return Composer(WORDS, expats(), lambda: NOW).compose(
        claimed(kind, reader=reader, **about), made
    )


def test_every_kind_to_people_has_a_footer() -> None:
    """Whoever adds a kind says how it is ended."""
    assert set(UNASKED) == set(KINDS) - ASIDE
    assert set(events.NOTICES) | set(pairs.NOTICES) | {"broadcast", *ANEW} == set(UNASKED)


@pytest.mark.parametrize("language", ["en", "sk", "sl"])
@pytest.mark.parametrize("kind", UNASKED)
def test_it_says_who_sends_it_and_how_to_end_it(kind: str, language: str) -> None:
    message = composed(kind, language)
    shown = rich.plain(message.text)
    assert "BSC Kranj" in shown.splitlines()[-1 if not KINDS[kind].funded else -3]
    assert "stop" in shown
    assert message.widget is not None
    last = message.widget.controls[-1]
    assert (last.label, last.press) == (STOPS[language], f"!nomore.{KINDS[kind].stop}")
    assert len(f"{message.widget.ref}:{last.press}") <= 64  # Telegram's limit


def test_what_could_be_pressed_before_still_can() -> None:
    widget = composed("invitation").widget
    assert widget is not None
    assert [option.press for option in widget.options] == ["=going", "=maybe", "=no"]
    assert widget.ref != "m"  # the event's own, not the menu's


@pytest.mark.parametrize("language", ["en", "sk", "sl"])
def test_what_goes_to_many_is_funded_in_full_and_upright(language: str) -> None:
    funded = {
        kind for kind in UNASKED if FUNDING[language] in rich.plain(composed(kind, language).text)
    }
    assert funded == {"invitation", "broadcast"}
    last = composed("broadcast", language).text[-1]
    assert last == rich.paragraph(FUNDING[language])[0]


def test_a_long_message_is_cut_as_each_platform_needs_and_nothing_is_lost() -> None:
    body = {"en": "word " * 1630}  # 8,150 characters: what a file may hold
    made = Sources(broadcasts={5: replace(_broadcast(), bodies=body)})
    message = Composer(WORDS, expats(), lambda: NOW).compose(
        claimed("broadcast", broadcast=5, event=None), made
    )
    for parts, limit in (
        (telegram.split(message.text), telegram.TEXT_LIMIT),
        (slack.split(message.text), slack.TEXT_LIMIT),
    ):
        assert all(len(rich.plain(part)) <= limit for part in parts)
        assert rich.plain(parts[-1]).endswith("Co-funded by the European Union")
        assert "".join(map(rich.plain, parts)).count("word") == 1630


@pytest.mark.parametrize("kind", UNASKED)
def test_what_was_refused_is_not_sent_but_where_a_door_would_be_closed(kind: str) -> None:
    refused = decide(ready(kind, reminders=False), NOON, RULES)
    heeds = KINDS[kind].stop in REFUSABLE and kind not in ("offer", "cancellation")
    assert (refused == Never("cancelled", "no consent")) is heeds
    assert decide(ready(kind), NOON, RULES) != Never("cancelled", "no consent")
