"""Registers demo people: their answers, the flows' own checks, the turn's own effects."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

import typer

from bot import logs, settings
from bot.cli.demo.answering import Answerer
from bot.cli.demo.people import LOCALS, DemoPerson, crowd
from bot.cli.demo.voices import voice
from bot.cli.progress import Progress, progress
from bot.errors import BotError
from bot.house import build_house
from bot.incoming import Incoming, Opened
from bot.now import now
from bot.turn import conversing, opening
from bot.turn.cards import filled
from bot.turn.context import House, Turn
from flows.dialogue import State
from flows.engine import Waiting
from flows.join import AGREE, START
from flows.script import Json
from storage import conversations, living
from storage.database import Database
from storage.statements import Statement, sql
from storage.transaction import Transaction

CHANNEL = "demo"
LONGEST = 200  # questions of one conversation
NEEDED = ("register",)  # agreed to at the beginning
MENTORING = "mentoring"  # the purpose consented to

_DEMO = sql("SELECT count(*) FROM identity WHERE channel = :channel")
_REAL = sql(
    "SELECT count(*) FROM person WHERE status <> 'new' AND NOT EXISTS"
    " (SELECT 1 FROM identity WHERE person_id = person.id AND channel = :channel)"
)


class RealPeople(BotError):
    """Demo people would stand among real ones."""


def fill_in(seed: int, residents: int, *, sure: bool) -> None:
    """The command: fill the database of the settings, and say what was done."""
    given = settings.read()
    logs.set_up(given.log_level, given.log_format, given.secrets)
    house = build_house(given, CHANNEL)
    url = given.database_url.get_secret_value()
    with contextlib.closing(Database.open(url)) as database, database.transaction() as tx:
        with progress("Demo people") as told:
            added = fill(tx, house, seed, now(), residents, sure=sure, told=told)
        there = _count(tx, _DEMO)
    if not added:
        typer.echo(f"The {there} demo people are there already; none was added.")
        return
    typer.echo(f"{sum(added.values())} people who do not exist:")
    for (organisation, what), count in sorted(added.items()):
        typer.echo(f"  {organisation}: {count} {what}")
    typer.echo("See them with `domov people list`.")


def fill(
    tx: Transaction,
    house: House,
    seed: int,
    today: datetime,
    residents: int = LOCALS,
    *,
    sure: bool = False,
    told: Progress | None = None,
) -> Mapping[tuple[str, str], int]:
    """Add the demo people, all in the caller's transaction: (organisation, what) -> how many.

    None where there are some already. Raises RealPeople unless ``sure``.
    """
    if _count(tx, _DEMO):
        return {}
    real = _count(tx, _REAL)
    if real and not sure:
        raise RealPeople(
            f"there are {real} real people in this database; demo people would stand among them."
            " Take another database (DATABASE_URL), or say --yes"
        )
    random = Random(f"domov {seed}")
    people = list(crowd(house.blueprint, random, residents))
    added: Counter[tuple[str, str]] = Counter()
    for number, person in enumerate(people, start=1):
        added[_register(tx, house, person, f"demo-{number}", today, random)] += 1
        if told is not None:
            told(number, len(people))
    return added


def _count(tx: Transaction, statement: Statement) -> int:
    row = tx.run(statement, channel=CHANNEL).fetchone()
    return int(row[0]) if row else 0


def _register(
    tx: Transaction, house: House, person: DemoPerson, user: str, today: datetime, random: Random
) -> tuple[str, str]:
    """One person through all their conversations; what they are counted under."""
    moment = today - timedelta(days=person.days_ago, minutes=random.randint(0, 600))
    who = conversations.welcome(
        tx,
        channel=CHANNEL,
        account=CHANNEL,
        user=user,
        chat=user,
        language=person.language,
        source=person.source,
        now=moment,
    )
    event = Incoming(CHANNEL, CHANNEL, user, user, "", moment, Opened("chat"))
    turn = Turn(house, tx, event, moment, who)
    reader = conversing.reader(turn)
    texts = voice(person.language).texts
    known = _known(person, reader.today.year)
    if any(field.key == person.work.field for field in house.blueprint.fields):
        known["field"] = person.work.field
    answerer = Answerer(random, reader, known, texts)
    conversing.begin(turn, "join")
    _finish(turn, answerer)  # its effects open the registration
    _finish(turn, answerer)
    if filled(turn)[2]:
        opening.complete(turn)
        _finish(turn, answerer)
    for survey in house.blueprint.surveys_for(person.persona):
        turn.now += timedelta(minutes=random.randint(1, 5))
        opening.survey(turn, survey)
        _finish(turn, answerer)
    if MENTORING in person.consents:
        _mentoring(turn, answerer, person)
    if person.paused:
        conversing.begin(turn, "pause")
        _finish(turn, answerer)
    conversations.active(tx, who.person, turn.now)
    organisation = house.blueprint.organisation(turn.who.organisation or "")
    return organisation.name if organisation else "", _kind(house, person)


def _mentoring(turn: Turn, answerer: Answerer, person: DemoPerson) -> None:
    """Who would like a mentor asks for one; who would be one sets up an offer."""
    blueprint = turn.blueprint
    sides = (
        (blueprint.mentoring.wish, blueprint.may_seek, "mentor_request"),
        (blueprint.mentoring.offer, blueprint.may_mentor, "mentor_offer"),
    )
    for pick, may, flow in sides:
        if pick is None or not may(person.persona):
            continue
        if pick.option in living.traits(turn.tx, turn.who.person, pick.fact):
            conversing.begin(turn, flow)
            _finish(turn, answerer)


def _kind(house: House, person: DemoPerson) -> str:
    if person.at_home:
        return "in the region"
    home = person.region.country
    if home is None:
        home = house.blueprint.organisation_for(person.region.key).country
    return "in the country" if person.country == home else "abroad"


def _finish(turn: Turn, answerer: Answerer) -> None:
    """Answer the open conversation to its end, and let its effects happen."""
    talk = turn.who.talk
    assert talk is not None  # noqa: S101 - opened by the caller
    answers = dict(talk.answers)
    for _ in range(LONGEST):
        result = conversing.current(turn, talk)
        if not isinstance(result, Waiting):
            break
        answers[result.question.key] = answerer.answer(result.question)
        talk.answers = answers
    conversing.store(turn, State(answers, {}, talk.revision + len(answers)))
    conversing.go_on(turn)
    turn.out.clear()  # nobody is there to read it


def _known(person: DemoPerson, year: int) -> dict[str, Json]:
    """What the person would answer, by the keys of the program's own questions."""
    return {
        "hello": START,
        "agree": AGREE,
        "consents": [each for each in person.consents if each not in NEEDED],
        "persona": person.persona,
        "name": person.name,
        "home_region": person.region.key,
        "place": f"{person.town}, {person.country}",
        "country": person.country,
        "since": year - person.since,
        "profession": person.profession,
        "employer": person.work.employer,
        "expertise": person.work.expertise,
        "linkedin": person.linkedin,
        "email": person.email,
        "spoken_languages": list(person.spoken),
        "languages": list(person.spoken),  # in which they would mentor, or be mentored
    }
