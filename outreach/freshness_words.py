"""Whether what is known of somebody still holds, and when they are next at home, in words. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from blueprints.schema import Blueprint
from messages.message import MENU, Kind, Message, Option, Widget
from messages.words import Words
from outreach import facts_told
from outreach.freshness import CONFIRM, VISIT
from outreach.reader import Reader
from storage import profile
from storage.homes import DAYS, Next
from storage.profile import Held


def facts(
    me: Reader, known: Held | None, before: int, words: Words, blueprint: Blueprint
) -> Message | None:
    """All facts that were last confirmed ``before`` that second, with a button for *still right*
    and one that opens the profile; None where there are none any more."""
    if known is None:
        return None
    own = words.spoken(me.language, blueprint.language)
    limit = datetime.fromtimestamp(before, UTC)
    told = facts_told.lines(profile.facts(known, blueprint), me.persona, words, own, blueprint)
    lines = [(name, value) for key, name, value in told if _is_old(key, known, limit)]
    if not lines:
        return None
    text = words.rich("fresh.facts", own, name=me.name, lines=lines)
    right = Option(CONFIRM, f"={CONFIRM}.{before}", words.text("fresh.button_right", own))
    changed = Option("profile", "=profile", words.text("fresh.button_changed", own))
    return Message(text, own, Widget(Kind.BUTTONS, MENU, (right, changed)))


def _is_old(key: str, known: Held, limit: datetime) -> bool:
    """Whether it was confirmed, and so long ago."""
    confirmed = [known.confirmed.get(field) for field in profile.named(key)]
    return any(at is not None and at < limit for at in confirmed)


def home(
    me: Reader, told: Next | None, today: date, words: Words, blueprint: Blueprint
) -> Message | None:
    """When they are next at home, now that the visit they ``told`` of is over; None while it is
    not."""
    if told is None or told.day + timedelta(days=DAYS) > today:
        return None
    own = words.spoken(me.language, blueprint.language)
    text = words.rich("fresh.home", own, name=me.name, visit=told.day)
    known = Option(VISIT, f"={VISIT}", words.text("fresh.button_date", own))
    unknown = Option(f"{VISIT}_later", f"={VISIT}.later", words.text("fresh.button_unknown", own))
    return Message(text, own, Widget(Kind.BUTTONS, MENU, (known, unknown)))
