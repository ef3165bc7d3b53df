"""Nothing is promised that a missing consent forbids: read as transcripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.database import Database
from tests.fakes.chat import Chat
from tests.turn.talks import answer_survey, register_expat, register_local, rows

Users = Callable[..., Chat]
ASKED = "May we write to you about events?"

# What says that somebody will be written to, and why that is true for everybody who reads it.
PROMISES = {
    "event.calendar": "said unless they refused reminders",
    "event.feedback_not_yet": "the same",
    "event.full": "a place that comes free is told whatever was refused",
    "event.state_waiting": "the same",
    "event.list_empty": "said with the consent only",
    "survey.all_done": "said with the consent only",
    "footer.agreed_invitations": "they have just consented",
    "footer.agreed_reminders": "they have just asked for it",
    "footer.stopped_reminders": "these two are told whatever was refused",
    "match.ended_withdrawn": "sent about a proposal, for which there was consent",
    "match.ended_declined": "the same",
    "match.place_free": "the same",
    "match.lapsed_mentor": "goes with the consent only",
    "mentor.offer_free": "shown with the consent only",
    "allow.ask_invitations": "a question",
    "mentor.offer_saved": "the offer needs the consent",
    "link.code": "an answer to what they asked for, on both platforms",
    "why.renew": "says what is not sent",
    "mentor.said_yes_mentor": "the pair needs the consent",
}  # fmt: skip
_PROMISE = re.compile(
    r"\bwe(?:'ll| will)?(?: only)? (?:write|tell you|ask you|let you know|remind you)"
    r"|and write to you", re.IGNORECASE,
)  # fmt: skip


def told(database: Database) -> bool | None:
    found = rows(
        database, "SELECT given FROM consent_log WHERE purpose = 'invitations' ORDER BY id DESC"
    )
    return bool(found[0][0])


def test_every_promise_is_known_to_be_true() -> None:
    """Whoever writes a new one says why it holds."""
    templates = Path(__file__).parents[2] / "messages" / "templates"
    found = set()
    for path in templates.glob("*.j2"):
        if path.stem != "staff":
            for block in re.finditer(
                r"{% block (\w+) %}(.*?){% endblock %}", path.read_text(), re.S
            ):
                if _PROMISE.search(block[2]):
                    found.add(f"{path.stem}.{block[1]}")
    assert found == set(PROMISES)


async def test_whoever_asks_for_events_without_the_consent_is_asked_for_it(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("events")
    assert jana.last.text.startswith(f"There are no events for you at the moment.\n\n{ASKED}")
    assert jana.last.buttons == ("Yes, you may", "No, thank you")
    await jana.press("Yes")
    assert jana.last.text.startswith("Thank you: we'll write to you about events.")
    assert told(database) is True
    await jana.say("events")
    assert (
        jana.last.text
        == "There are no events for you at the moment. We'll write when there is one."
    )


async def test_a_no_is_no_and_leads_on(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("events")
    await jana.press("No, thank you")
    assert "What would you like to do" in jana.last.text
    assert told(database) is False


@pytest.mark.parametrize("purposes", [(), ("invitations",)])
async def test_a_local_who_wants_news_is_asked_with_the_registration(
    chat: Users, database: Database, purposes: tuple[str, ...]
) -> None:
    matej = chat()
    await register_local(matej, *purposes)
    assert ASKED not in matej.last.text  # they want a mentor
    await matej.say("/profile")
    await matej.press("change")
    await matej.press("Would like")
    await matej.press("events")
    await matej.press("done")
    await matej.press("All correct")
    assert (ASKED in matej.last.text) is (not purposes)
    if not purposes:
        await matej.press("Yes, you may")
        assert told(database) is True


@pytest.mark.parametrize("purposes", [(), ("invitations",)])
async def test_after_the_last_survey_nothing_is_promised_without_it(
    chat: Users, purposes: tuple[str, ...]
) -> None:
    jana = chat()
    await register_expat(jana, *purposes)
    for survey in ("willingness", "formats", "skills"):
        await answer_survey(jana, survey)
    assert "answered everything" in jana.last.text
    assert ("We'll write when there's something" in jana.last.text) is bool(purposes)
    assert (ASKED in jana.last.text) is (not purposes)
