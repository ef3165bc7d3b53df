"""What went to and fro between a person and us, and what they did as staff. Pure."""

from __future__ import annotations

from bot.turn.copy.html import Section, Table
from bot.turn.copy.made import Copy, tabled
from messages.words import capitalised
from storage.exports.labels import Labels


def wrote(copy: Copy) -> Section | None:
    """Each message with what our staff answered."""
    answers: dict[int, list[str]] = {}
    for row in copy.rows("inbox_reply"):
        answers.setdefault(row["inbox_id"], []).append(f"{row['name']}: {row['text']}")
    rows = tuple(
        (
            copy.moment(row["at"]),
            row["text"] or row["kind"],
            "; ".join(answers.get(row["id"], ())),
        )
        for row in copy.rows("inbox")
    )
    heads = (copy.say("when"), copy.say("wrote"), copy.say("reply"))
    return tabled(copy, "wrote_title", heads, rows)


def sent(copy: Copy, labels: Labels) -> Section | None:
    """Answers are only counted; what came unasked is listed."""
    sent = copy.rows("delivery")
    if not sent:
        return None
    states = labels.of("invited") or {}
    replies = sum(row["lane"] == 0 for row in sent)
    rows = tuple(
        (
            copy.moment(row["sent_at"] or row["due_at"]),
            copy.say("sent_event", title=copy.events[row["event_id"]])
            if row["event_id"] in copy.events
            else copy.say("sent_pair" if row["match_id"] or row["request_id"] else "sent_news"),
            states.get(row["state"], row["state"]),
        )
        for row in sent
        if row["lane"] > 0
    )
    heads = (copy.say("when"), copy.say("about"), copy.say("became"))
    days = copy.blueprint.timings.delivery_days
    return Section(
        copy.say("sent_title"),
        (copy.say("replies", count=replies),),
        table=Table(heads, rows) if rows else None,
        note=copy.say("kept_days", count=days),
    )


def staff(copy: Copy) -> Section | None:
    """What they are and did as staff; acts in full are in the other file."""
    if not copy.rows("staff"):
        return None
    organisations = {each.key: each.name for each in copy.blueprint.organisations}
    rows = [
        (
            organisations.get(row["organisation"]) or str(row["organisation"]),
            copy.words.text(f"staff.role_{row['role']}", copy.language),
        )
        for row in copy.rows("staff_role")
    ]
    rows += [(capitalised(row["channel"]), row["handle"]) for row in copy.rows("staff_login")]
    acts = copy.rows("staff_log")
    return Section(
        copy.say("staff_title"),
        (
            *(copy.say("staff_since", at=copy.moment(row["created_at"])) for row in
              copy.rows("staff")),
            copy.say("acts", count=len(acts)),
        ),
        table=Table((copy.say("where"), copy.say("value")), tuple(rows)) if rows else None,
        note=copy.say("kept_staff"),
    )  # fmt: skip
