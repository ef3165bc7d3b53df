"""What a person agreed to and answered, and from which accounts. Pure."""

from __future__ import annotations

from typing import Any

from bot.turn.copy.html import Section, Table
from bot.turn.copy.made import Copy, Row, tabled
from outreach.kinds import REFUSABLE
from storage import profile
from storage.exports.labels import Labels
from storage.joinings import PURPOSE as JOINING


def consents(copy: Copy, labels: Labels) -> Section | None:
    channels = labels.of("channels") or {}
    purposes = {**(labels.of("consents") or {}), JOINING: copy.say("joining")}
    purposes |= {each: copy.say(each) for each in sorted(REFUSABLE)}
    rows = tuple(
        (
            purposes.get(row["purpose"]) or str(row["purpose"]),
            copy.say("agreed" if row["given"] else "not_agreed"),
            copy.moment(row["at"]),
            row["notice_version"],
            channels.get(row["channel"], row["channel"]),
        )
        for row in copy.rows("consent_log")
    )
    if not rows:
        return None
    heads = ("purpose", "said", "when", "notice", "where")
    return Section(
        copy.say("consents_title"),
        table=Table(tuple(copy.say(each) for each in heads), rows),
        note=copy.say("kept_proof"),
    )


def answers(copy: Copy, labels: Labels) -> Section | None:
    rows = tuple(
        (
            labels.question(row["survey"], row["question"]),
            _answer(labels, row),
            copy.day(row["answered_at"]),
        )
        for row in copy.rows("answer")
        if (row["survey"], row["round"]) != (profile.SURVEY, profile.ROUND)
        or copy.blueprint.fact(row["question"]) is None  # facts stand with what is known
    )
    heads = (copy.say("question"), copy.say("answer"), copy.say("when"))
    return tabled(copy, "answers_title", heads, rows)


def _answer(labels: Labels, row: Row) -> str:
    survey, question, value = row["survey"], row["question"], row["value"]

    def shown(key: Any) -> str:
        return labels.option(survey, question, str(key))

    if isinstance(value, dict):
        return "; ".join(f"{shown(key)} ({shown(level)})" for key, level in value.items())
    if isinstance(value, list):
        return "; ".join(map(shown, value))
    return shown(value)


def accounts(copy: Copy, labels: Labels) -> Section | None:
    channels = labels.of("channels") or {}
    rows = tuple(
        (
            channels.get(row["channel"], row["channel"]),
            " · ".join(filter(None, (row["username"], row["user_id"]))),
            copy.moment(row["created_at"]),
        )
        for row in copy.rows("identity")
    )
    heads = (copy.say("where"), copy.say("account"), copy.say("since"))
    return tabled(copy, "accounts_title", heads, rows)
