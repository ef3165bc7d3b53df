"""People with random facts, put into a database, and what an audience means in plain Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from outreach.audience import And, Everybody, Node, Not, Or, Term
from storage.statements import sql
from storage.tables import (
    Answer,
    Consent,
    Delivery,
    Event,
    Person,
    PlatformIdentity,
    Rsvp,
    Trait,
)
from storage.transaction import Transaction

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
VIENNA, KRANJ = 2761369, 3197378  # geonames.org
EVENTS = ("brunch", "talk")
CITIES = {"Vienna": VIENNA, "Kranj": KRANJ, "Zadná Ves": None}
"""As people's records have them; nobody knows the last."""
CALLED = {
    "Wien": "Vienna", "viedeň": "Vienna", "Dunaj": "Vienna", "Vienna": "Vienna",
    "kranj": "Kranj", "Zadná Ves": "Zadná Ves", "zadná ves": "Zadná Ves",
}  # fmt: skip
COUNTRIES = {"DE": "DE", "at": "AT", "Nemecko": "DE", "Slovenija": "SI", "United States": "US"}
YEARS = (2010, 2015, 2020)
SPANS = {"30d": timedelta(days=30), "2w": timedelta(weeks=2), "5h": timedelta(hours=5)}
HOMES = (date(2026, 12, 10), date(2026, 12, 11), date(2026, 12, 24), date(2027, 1, 6))
COLUMNS: dict[str, tuple[str, ...]] = {
    "organisation": ("cike", "bsc_kranj"),
    "persona": ("expat", "local"),
    "residence": ("domestic", "international"),
    "home_region": ("kosice", "gorenjska", "other"),
    "field": ("it", "culture"),
    "occupation": ("teacher", "student"),
    "willingness": ("yes", "maybe", "not_now"),
    "source": ("telegram", "poster-1", "poster-2", "Poster-1"),
    "country": ("DE", "AT", "SI", "US"),
}
TRAITS: dict[str, tuple[str, ...]] = {
    "roles": ("mentor", "speaker"),
    "formats": ("ted_talk", "networking"),
    "skills_used": ("communication", "teamwork"),
    "skills_needed": ("communication", "teamwork"),
    "skills_offered": ("communication", "teamwork"),
    "wants": ("mentor", "events"),
    "spoken_languages": ("de", "sk"),
}
LEVELS = ("liked", "possible", "not_for_me")
CHANNELS = ("telegram", "slack", "preview", "demo")
PURPOSES = ("register", "invitations", "sharing")


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person's facts; every column may be unknown."""

    id: int
    status: str
    language: str
    columns: dict[str, str | None]
    city: str | None
    since: int | None
    last_active_at: datetime | None
    registered_at: datetime | None
    confirmed_at: datetime | None
    homes: list[date]  # what they said, the latest last
    paused_until: date | None
    traits: dict[str, dict[str, str | None]] = field(default_factory=dict)
    consents: dict[str, bool] = field(default_factory=dict)
    identities: list[tuple[str, str]] = field(default_factory=list)
    rsvps: dict[str, tuple[str, bool]] = field(default_factory=dict)
    invited: dict[str, str] = field(default_factory=dict)  # event -> the delivery's state
    unasked: list[datetime] = field(default_factory=list)


def people(seed: int, most: int) -> list[Somebody]:
    """So many, always the same of the same seed."""
    random = Random(seed)
    return [_somebody(random, number) for number in range(1, most + 1)]


def _somebody(random: Random, number: int) -> Somebody:
    def maybe(values: tuple[str, ...]) -> str | None:
        return random.choice((*values, None))

    def ago() -> datetime | None:
        return NOW - timedelta(hours=random.choice((1, 4, 6, 24 * 13, 24 * 20, 24 * 100)))

    status = random.choice(("new", "joining", "active", "active", "paused", "mapped"))
    return Somebody(
        id=number,
        status=status,
        language=random.choice(("en", "sk", "sl")),
        columns={name: maybe(values) for name, values in COLUMNS.items()},
        city=maybe(tuple(CITIES)),
        since=random.choice((None, *YEARS)),
        last_active_at=random.choice((None, ago())),
        registered_at=random.choice((None, ago())),
        confirmed_at=random.choice((None, ago())),
        homes=random.choices(HOMES, k=random.choice((0, 1, 1, 2))),
        paused_until=_pause(random, status),
        traits={
            kind: {
                value: random.choice((*LEVELS, None)) if kind == "formats" else None
                for value in values
                if random.random() < 0.4
            }
            for kind, values in TRAITS.items()
        },
        consents={each: random.random() < 0.7 for each in PURPOSES if random.random() < 0.8},
        identities=[
            (each, random.choice(("ok", "ok", "unreachable")))
            for each in CHANNELS
            if random.random() < 0.4
        ],
        rsvps={
            each: (
                random.choice(("going", "maybe", "no", "waiting", "offered")),
                random.random() < 0.2,
            )
            for each in EVENTS
            if random.random() < 0.5
        },
        invited={
            each: random.choice(("sent", "unknown", "queued", "failed"))
            for each in EVENTS
            if random.random() < 0.5
        },
        unasked=[NOW - timedelta(days=random.randint(1, 12)) for _ in range(random.randint(0, 5))],
    )


def _pause(random: Random, status: str) -> date | None:
    later = NOW.date() + timedelta(days=random.choice((-1, 0, 1, 9)))
    return later if status == "paused" or random.random() < 0.1 else None


def store(tx: Transaction, crowd: list[Somebody]) -> None:
    """Put them into an empty database."""
    for key in EVENTS:
        tx.session.add(
            Event(
                key=key, organisation="cike", starts_at=NOW, ends_at=NOW, timezone="Europe/Vienna",
                uid=key, code=key, created_at=NOW, updated_at=NOW,
            )
        )  # fmt: skip
    for each in crowd:
        columns: dict[str, Any] = {**each.columns, "city": each.city}
        del columns["occupation"]
        tx.session.add(
            Person(
                id=each.id, status=each.status, language=each.language, created_at=NOW,
                geonameid=CITIES.get(each.city or ""), last_active_at=each.last_active_at,
                registered_at=each.registered_at, paused_until=each.paused_until,
                confirmed_at=each.confirmed_at, **columns,
            )
        )  # fmt: skip
    tx.flush()
    ids = {row[0]: row[1] for row in tx.run(sql("SELECT key, id FROM event")).fetchall()}
    for each in crowd:
        tx.session.add_all(_rows(each, ids))
    tx.flush()


def _rows(person: Somebody, events: dict[str, int]) -> list[object]:
    number = person.id
    rows: list[object] = [
        Trait(person_id=number, kind=kind, value=value, level=level)
        for kind, values in person.traits.items()
        for value, level in values.items()
    ]
    single = {"occupation": person.columns["occupation"], "since": person.since}
    rows += [
        Trait(person_id=number, kind=kind, value=str(value))
        for kind, value in single.items()
        if value is not None
    ]
    rows += [
        Answer(
            person_id=number, survey="willingness", round=str(n), question="next_home",
            value=f'"{day}"', answered_at=NOW + timedelta(n),
        )
        for n, day in enumerate(person.homes)
    ]  # fmt: skip
    rows += [
        Consent(person_id=number, purpose=purpose, given=given, notice_version="1", at=NOW)
        for purpose, given in person.consents.items()
    ]
    rows += [
        PlatformIdentity(
            person_id=number, channel=channel, account="bot", user_id=str(number),
            chat_id=str(number), status=status, created_at=NOW,
        )
        for channel, status in person.identities
    ]  # fmt: skip
    rows += [
        Rsvp(
            event_id=events[key], person_id=number, state=state, answered_at=NOW,
            checked_in_at=NOW if came else None,
        )
        for key, (state, came) in person.rsvps.items()
    ]  # fmt: skip
    rows += [
        _delivery(number, events[key], "invitation", state, None)
        for key, state in person.invited.items()
    ]
    rows += [_delivery(number, None, "broadcast", "sent", at) for at in person.unasked]
    return rows


def _delivery(
    person: int, event: int | None, kind: str, state: str, sent_at: datetime | None
) -> Delivery:
    return Delivery(
        person_id=person, channel="telegram", account="bot", chat=str(person),
        user_id=str(person), lane=2, kind=kind, event_id=event, action="send", state=state,
        created_at=NOW, due_at=NOW, sent_at=sent_at,
    )  # fmt: skip


def fits(node: Node, person: Somebody) -> bool:
    """Whether the tree means this person."""
    return person.status != "new" and _fits(node, person)


def _fits(node: Node, person: Somebody) -> bool:
    match node:
        case Everybody():
            return True
        case Not(inner):
            return not _fits(inner, person)
        case And(nodes):
            return all(_fits(each, person) for each in nodes)
        case Or(nodes):
            return any(_fits(each, person) for each in nodes)
        case Term(name, values):
            return any(_has(name, value, person) for value in values)
        case _:
            raise AssertionError(node)


def _has(name: str, value: str, person: Somebody) -> bool:
    name = {"region": "home_region", "spoken": "spoken_languages"}.get(name, name)
    if name in TRAITS:
        facts = person.traits[name]
        return any(value in (each, "any") and facts[each] in ("liked", None) for each in facts)
    if name == "source":
        source = person.columns["source"]
        return source is not None and (
            source.startswith(value[:-1]) if value.endswith("*") else source == value
        )
    if name in COLUMNS:
        fact = person.columns[name]
        if name == "country":
            value = COUNTRIES.get(value, value)
        return fact is not None and value in (fact, "any")
    match name:
        case "status":
            return person.status == value
        case "language":
            return person.language == value
        case "city":
            return person.city is not None and (value == "any" or person.city == CALLED[value])
        case "since":
            return person.since is not None and _in_years(value, person.since)
        case "person":
            return person.id == int(value)
        case "channel":
            return any(channel == value for channel, _ in person.identities)
        case "consent":
            return person.consents.get(value, False)
        case "last_active":
            return _since(value, person.last_active_at)
        case "registered":
            return _since(value, person.registered_at)
        case "confirmed":
            return _since(value, person.confirmed_at)
        case "home":
            return _at_home(value, person.homes)
        case "event":
            return _event(value, person)
    raise AssertionError(name)


def _in_years(value: str, year: int) -> bool:
    if value[0] in "<>":
        return year < int(value[1:]) if value[0] == "<" else year > int(value[1:])
    first, _, last = value.partition("-")
    return value == "any" or int(first) <= year <= int(last or first)


def _since(value: str, then: datetime | None) -> bool:
    if then is None or value == "never":
        return then is None and value == "never"
    return then > NOW - SPANS[value[1:]] if value[0] == "<" else then < NOW - SPANS[value[1:]]


def _at_home(value: str, homes: list[date]) -> bool:
    """A visit of ten days from what they said last has a day in common with the stretch."""
    first, _, last = value.partition("..")
    begins, ends = date.fromisoformat(first), date.fromisoformat(last or first)
    return bool(homes) and homes[-1] <= ends and homes[-1] + timedelta(days=9) >= begins


def _event(value: str, person: Somebody) -> bool:
    key, _, state = value.partition("/")
    if state == "invited":
        return person.invited.get(key) in ("sent", "unknown")
    answer, came = person.rsvps.get(key, ("", False))
    if state == "attended":
        return came
    if state in ("", "going"):
        return came or answer == "going"
    return answer in (("waiting", "offered") if state == "waiting" else (state,))
