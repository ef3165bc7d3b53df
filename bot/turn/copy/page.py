"""Everything held of a person, as a page in their language: what, what for, since when, from where,
who gets it, for how long, which rights (GDPR, Articles 13 to 15).

Pure: of what :func:`storage.privacy.everything_held` found, and the titles of the events in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from babel import Locale

from blueprints.schema import Blueprint
from bot.turn.copy.html import Section, Table, render
from bot.turn.notice import controller
from messages import rich
from messages.words import Words, capitalised
from outreach.kinds import REFUSABLE
from storage.exports.columns import in_language, words
from storage.exports.labels import Labels
from storage.joinings import PURPOSE as JOINING

Held: TypeAlias = Mapping[str, Any]  # table -> rows
Row: TypeAlias = Mapping[str, Any]

INTERNAL = frozenset(
    {"id", "geonameid", "paused_until", "notice_version", "joined_to", "joined_until"}
)
"""Of a person: a number, another spelling of the city, and what other parts of the page tell."""
ASKED = frozenset(
    {
        *("name", "home_region", "country", "city", "timezone", "since", "profession", "field"),
        *("employer", "expertise", "linkedin", "email", "spoken_languages", "occupation", "wants"),
    }
)
"""What the registration asks for, and has names for."""
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
)  # fmt: skip
"""What is only counted on the page; a test sees that every table stands in one of the two."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What a page is made of. ``events``: number -> title; ``at`` the moment of the copy."""

    held: Held
    events: Mapping[int, str]
    language: str
    blueprint: Blueprint
    words: Words
    at: datetime

    def say(self, key: str, **values: Any) -> str:
        return self.words.text(f"copy.{key}", self.language, **values)

    def rows(self, table: str) -> Sequence[Row]:
        found: Sequence[Row] = self.held.get(table, ())
        return found

    @property
    def person(self) -> Row:
        return self.rows("person")[0]

    @property
    def zone(self) -> str:
        return str(self.person["timezone"] or "UTC")

    def moment(self, told: str | None) -> str:
        """A moment as JSON has it, by the person's clock."""
        if not told:
            return ""
        return self.words.datetime(datetime.fromisoformat(told), self.language, self.zone)

    def day(self, told: str | None) -> str:
        return self.words.date(date.fromisoformat(told[:10]), self.language) if told else ""


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
        _about(copy, labels),
        _consents(copy, labels),
        _answers(copy, labels),
        _accounts(copy, labels),
        _events(copy, labels),
        _mentoring(copy, labels),
        _matches(copy),
        _wrote(copy),
        _sent(copy, labels),
        _staff(copy),
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


# ---- the facts ----


def _about(copy: Copy, labels: Labels) -> Section:
    named = words()["people"]
    sources = {row["field"]: row for row in copy.rows("provenance")}
    rows = []
    for column, value in copy.person.items():
        if column in INTERNAL or value in (None, ""):
            continue
        shown = _value(copy, labels, column, value)
        rows.append((_heading(copy, named, column), shown, *_origin(copy, sources.get(column))))
    for kind, values in _by_kind(copy).items():
        shown = "; ".join(_trait(copy, labels, kind, each) for each in values)
        rows.append((_heading(copy, named, kind), shown, *_origin(copy, sources.get(kind))))
    heads = (copy.say("what"), copy.say("value"), copy.say("source"), copy.say("confirmed"))
    return Section(
        copy.say("about_title"), table=Table(heads, tuple(rows)), note=copy.say("kept_erasure")
    )


def _heading(copy: Copy, named: Mapping[str, Any], column: str) -> str:
    """As the registration calls it, else as an export does."""
    if column in ASKED:
        return copy.words.text(f"registration.label_{column}", copy.language)
    if column in named:
        return in_language(named[column]["label"], copy.language)
    return copy.say(f"column_{column}")


def _value(copy: Copy, labels: Labels, column: str, value: Any) -> str:
    if column.endswith("_at"):
        return copy.moment(value)
    blueprint, language = copy.blueprint, copy.language
    if column == "occupation":
        found = {each.key: each.label[language] for each in blueprint.occupations}
        return found.get(value, str(value))
    if column in ("country", "language"):
        known: Mapping[str, str] = (
            Locale.parse(language).territories
            if column == "country"
            else Locale.parse(language).languages
        )
        return known.get(value) or str(value)
    return (labels.of(column) or {}).get(value, str(value))


def _by_kind(copy: Copy) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in sorted(copy.rows("trait"), key=lambda row: (row["kind"], row["rank"] or 0)):
        found.setdefault(row["kind"], []).append(row)
    return found


def _trait(copy: Copy, labels: Labels, kind: str, row: Row) -> str:
    value = row["value"]
    if kind == "wants":
        wants = {each.key: each.label[copy.language] for each in copy.blueprint.wants}
        return wants.get(value) or str(value)
    label = (labels.of(kind) or {}).get(value, value)
    found = copy.blueprint.column(kind)
    level = found[1].level(row["level"]) if found and row["level"] else None
    return f"{label} ({level.label[copy.language]})" if level else label


def _origin(copy: Copy, row: Row | None) -> tuple[str, str]:
    """Where a fact comes from, and when it was confirmed."""
    if row is None:
        return "", ""
    who, _, where = row["source"].partition(":")
    key = {"person": "source_you", "staff": "source_staff"}.get(who)
    platform = (Labels(copy.blueprint, copy.language).of("channels") or {}).get(where, where)
    if key is None:
        told = row["source"]
    else:
        told = copy.say(key, platform=platform) if where else copy.say("source_us")
    return told, copy.moment(row["confirmed_at"])


# ---- what was said ----


def _consents(copy: Copy, labels: Labels) -> Section | None:
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


def _answers(copy: Copy, labels: Labels) -> Section | None:
    rows = tuple(
        (
            labels.question(row["survey"], row["question"]),
            _answer(labels, row),
            copy.day(row["answered_at"]),
        )
        for row in copy.rows("answer")
    )
    heads = (copy.say("question"), copy.say("answer"), copy.say("when"))
    return _tabled(copy, "answers_title", heads, rows)


def _answer(labels: Labels, row: Row) -> str:
    survey, question, value = row["survey"], row["question"], row["value"]

    def shown(key: Any) -> str:
        return labels.option(survey, question, str(key))

    if isinstance(value, dict):
        return "; ".join(f"{shown(key)} ({shown(level)})" for key, level in value.items())
    if isinstance(value, list):
        return "; ".join(map(shown, value))
    return shown(value)


def _accounts(copy: Copy, labels: Labels) -> Section | None:
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
    return _tabled(copy, "accounts_title", heads, rows)


def _events(copy: Copy, labels: Labels) -> Section | None:
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
    return _tabled(copy, "events_title", heads, (*coming, *roles))


def _mentoring(copy: Copy, labels: Labels) -> Section | None:
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
    return _tabled(copy, "mentoring_title", heads, tuple(rows))


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


def _matches(copy: Copy) -> Section | None:
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
    return _tabled(copy, "matches_title", heads, tuple(rows), note="matches_note")


# ---- words that went to and fro ----


def _wrote(copy: Copy) -> Section | None:
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
    return _tabled(copy, "wrote_title", heads, rows)


def _sent(copy: Copy, labels: Labels) -> Section | None:
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


def _staff(copy: Copy) -> Section | None:
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


def _rest(copy: Copy) -> Section:
    """What the program needs to work, counted; it is in the other file row by row."""
    items = tuple(
        copy.say(f"rest_{table}", count=len(copy.rows(table))) for table in REST if copy.rows(table)
    )
    return Section(copy.say("rest_title"), (copy.say("rest"),), items)


def _tabled(
    copy: Copy,
    title: str,
    heads: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    note: str = "kept_erasure",
) -> Section | None:
    """A section with a table, where there is something to tell."""
    if not rows:
        return None
    return Section(copy.say(title), table=Table(heads, tuple(rows)), note=copy.say(note))


def _plain(text: str) -> str:
    return rich.plain(rich.paragraphs(text))
