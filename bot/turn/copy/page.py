"""Everything held of a person, as a page in their language: what, what for, since when, from where,
who gets it, for how long, which rights (GDPR, Articles 13 to 15).

Pure: of what :func:`storage.privacy.everything_held` found, and the titles of the events in it.
"""

from __future__ import annotations

from bot.turn.copy import about, said, took_part, written
from bot.turn.copy.html import Section, render
from bot.turn.copy.made import Copy
from bot.turn.notice import controller
from messages import rich
from storage.exports.labels import Labels

SHOWN = frozenset(
    {
        *("person", "trait", "provenance", "consent", "consent_log", "answer", "identity", "rsvp"),
        *("event", "mentor_offer", "mentoring_request", "mentoring_match", "mentoring_next_best"),
        *(
            "inbox",
            "inbox_reply",
            "delivery",
            "staff",
            "staff_role",
            "staff_login",
            "staff_code",
            "staff_log",
        ),
    }
)
REST = (
    "conversation", "task", "link_code", "link_try", "joining", "mentoring_block", "quarantine",
    "asked",
)  # fmt: skip
"""What is only counted on the page; a test sees that every table stands in one of the two."""


def page(copy: Copy) -> str:
    """The page, whole."""
    name = copy.person["name"]
    made = copy.words.datetime(copy.at, copy.language, copy.zone)
    intro = (
        copy.say("made_for", at=made, name=name) if name else copy.say("made", at=made),
        copy.say("intro"),
    )
    labels = Labels(copy.blueprint, copy.language)
    sections = [
        *_notice(copy),
        about.about(copy, labels),
        said.consents(copy, labels),
        said.answers(copy, labels),
        said.accounts(copy, labels),
        took_part.events(copy, labels),
        took_part.mentoring(copy, labels),
        took_part.matches(copy),
        written.wrote(copy),
        written.sent(copy, labels),
        written.staff(copy),
        _rest(copy),
    ]
    return render(copy.language, copy.say("title"), intro, [each for each in sections if each])


# ---- what must be told of every person (Article 15(1)) ----


def _notice(copy: Copy) -> list[Section]:
    programme, language = copy.blueprint.programme, copy.language
    controllers = tuple(
        controller(copy.words, each, language) for each in copy.blueprint.organisations
    )
    recipients = programme.recipients
    return [
        Section(copy.say("why_title"), (_plain(programme.purpose[language]), copy.say("basis"))),
        Section(copy.say("who_title"), items=tuple(map(_plain, controllers))),
        Section(
            copy.say("gets_title"),
            (_plain(recipients[language]),) if recipients else (),
            items=_recipients(copy),
        ),
        Section(copy.say("from_title"), (copy.say("from_you"),)),
        Section(copy.say("until_title"), (_plain(programme.retention[language]),)),
        Section(copy.say("rights_title"), (_plain(programme.rights[language]),)),
    ]


def _recipients(copy: Copy) -> tuple[str, ...]:
    """Who of those in the notice has got theirs: their organisation, the other where they allow
    it, and whoever they were introduced to."""
    own = copy.blueprint.organisation(copy.person["organisation"] or "")
    others = [each.name for each in copy.blueprint.organisations if each != own]
    shared = any(row["purpose"] == "sharing" and row["given"] for row in copy.rows("consent"))
    told = []
    if own is not None:
        told.append(copy.say("gets_staff", organisation=own.name))
    if own is not None and others:
        listed = copy.words.listing(others, copy.language)
        told.append(copy.say("gets_other" if shared else "gets_not_other", others=listed))
    for row in copy.rows("mentoring_match"):
        if row.get("with"):
            told.append(copy.say("gets_pair", name=row["with"]))
    return (*told, copy.say("gets_nobody"))


def _rest(copy: Copy) -> Section:
    """What the program needs to work, counted; it is in the other file row by row."""
    items = tuple(
        copy.say(f"rest_{table}", count=len(copy.rows(table))) for table in REST if copy.rows(table)
    )
    return Section(copy.say("rest_title"), (copy.say("rest"),), items)


def _plain(text: str) -> str:
    return rich.plain(rich.paragraphs(text))
