"""The events and the mentoring that a person takes part in. Pure."""

from __future__ import annotations

from bot.turn.copy.html import Section
from bot.turn.copy.made import Copy, Row, tabled
from storage.exports.labels import Labels


def events(copy: Copy, labels: Labels) -> Section | None:
    states = labels.of("state") or {}
    coming = [
        (
            copy.events.get(row["event_id"], str(row["event_id"])),
            "; ".join(filter(None, (
                states.get(row["state"], row["state"]),
                copy.say("guests", count=row["guests"]) if row["guests"] else "",
                copy.say("were_there") if row["checked_in_at"] else "",
            ))),
            copy.moment(row["answered_at"]),
        )
        for row in copy.rows("rsvp")
    ]  # fmt: skip
    roles = [
        (
            copy.events.get(row["id"], row["key"]),
            "; ".join(copy.say(role) for role in ("host", "speaker") if row[role]),
            copy.moment(row["starts_at"]),
        )
        for row in copy.rows("event")
    ]
    heads = (copy.say("event"), copy.say("value"), copy.say("when"))
    return tabled(copy, "events_title", heads, (*coming, *roles))


def mentoring(copy: Copy, labels: Labels) -> Section | None:
    rows: list[tuple[str, str, str]] = []
    for table, own in (("mentoring_request", "goal"), ("mentor_offer", "topics")):
        for row in copy.rows(table):
            rows.append(
                (
                    copy.say(f"of_{table}"),
                    "; ".join(filter(None, (row[own], *_wished(copy, labels, row)))),
                    copy.moment(row["updated_at"]),
                )
            )
    heads = (copy.say("what"), copy.say("value"), copy.say("when"))
    return tabled(copy, "mentoring_title", heads, tuple(rows))


def _wished(copy: Copy, labels: Labels, row: Row) -> list[str]:
    skills, spoken = labels.of("skills_offered") or {}, labels.of("spoken_languages") or {}
    fields = labels.of("field") or {}
    told = [skills.get(each, each) for each in row["skills"]]
    told += [fields.get(row["field"], row["field"])] if row.get("field") else []
    told += [spoken.get(each, each) for each in row["languages"]]
    for kind in ("mode", "urgency", "rhythm"):
        if row.get(kind):
            told.append(copy.words.text(f"mentor.{kind}_{row[kind]}", copy.language))
    hours = (copy.words.text(f"mentor.hours_{each}", copy.language) for each in row["hours"])
    return [*told, *hours]


def matches(copy: Copy) -> Section | None:
    rows = []
    for row in copy.rows("mentoring_match"):
        state = copy.words.text(f"staff.match_state_{row['state']}", copy.language)
        told = (
            state,
            copy.say("score", count=row["score"]) if row.get("score") else "",
            copy.say("deadline", at=copy.moment(row["deadline"])) if row.get("deadline") else "",
            copy.say("met", count=len(row["meetings"])) if row.get("meetings") else "",
        )
        role = copy.say(f"as_{row['role']}")
        rows.append(
            (
                f"{role}: {row['with']}" if row.get("with") else role,
                "; ".join(filter(None, told)),
                copy.moment(row["created_at"]),
            )
        )
    for row in copy.rows("mentoring_next_best"):
        told_score = copy.say("score", count=row["score"])
        rows.append((copy.say("next_best"), told_score, copy.moment(row["at"])))
    heads = (copy.say("pair"), copy.say("value"), copy.say("when"))
    return tabled(copy, "matches_title", heads, tuple(rows), note="matches_note")
