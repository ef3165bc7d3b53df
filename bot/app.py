"""The program: the one place where the parts are put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from starlette.applications import Starlette

from blueprints.schema import Blueprint
from bot import __version__, notice_page
from bot.backing_up import DailyBackup
from bot.channels.demo import DemoChannel
from bot.channels.preview.access import Access, Mode
from bot.channels.preview.channel import PreviewChannel
from bot.channels.preview.render import Renderer, Site
from bot.clock import Clock
from bot.erasures import AfterErasures
from bot.errors import BadSettings, BotError
from bot.house import build_house
from bot.housekeeping import Housekeeping
from bot.listener import Listener
from bot.metrics import Metrics
from bot.now import now
from bot.outgoing import Channel
from bot.pictures import Pictures, StoredPictures
from bot.sending import journal
from bot.sending.dispatcher import Dispatcher, Many
from bot.sending.journal import Journal
from bot.sending.limits import OTHERS, limits_of, most_at_once
from bot.sending.planned import Planned
from bot.settings import Settings
from bot.staff_chats import KnownStaff
from bot.turn import notice
from bot.turn.commands import GROUP_COMMANDS, REGISTERED_COMMANDS, STAFF_COMMANDS
from bot.turn.context import House
from bot.turn.suggesting import suggest
from bot.web import WebParts, create_app
from messages import web
from messages.words import Words
from outreach import away, erased, restored
from outreach.clock import Context
from outreach.composing import Composer
from outreach.deciding import Rules
from outreach.erased import ErasedFile, Erasures
from outreach.handlers import HANDLERS, begin
from outreach.restored import SentFile
from storage import notice_texts, temporary
from storage.database import Database
from storage.leases import Leases
from storage.statements import sql
from storage.transaction import Transaction

_ALIVE = sql("SELECT 1")

log = structlog.get_logger(__name__)


T = TypeVar("T")


@dataclass(slots=True)
class App:
    """Everything that runs. ``channels`` by name; ``polled`` are those that only one process at
    a time may serve (they ask the platform for events)."""

    settings: Settings
    database: Database
    leases: Leases
    dispatcher: Dispatcher
    clock: Clock
    housekeeping: Housekeeping
    erasures: AfterErasures
    web: Starlette
    channels: Mapping[str, Channel]
    polled: frozenset[str] = field(default_factory=frozenset)


def build(settings: Settings, *, clock: Callable[[], datetime] = now) -> App:
    """Put the parts together. Raises BotError, BlueprintError, StorageError: nothing runs yet."""
    url = settings.database_url.get_secret_value()
    temporary.sweep()  # what a killed rehearsal left: a copy of everybody
    database = Database.open(url)
    try:
        database.exclusive()
        leases = Leases(url)
        leases.live()
        house = build_house(settings, leases.owner)
        house = replace(house, fine=_words_stored(database, house, settings, clock))
        metrics = Metrics()
        days = timedelta(days=house.blueprint.timings.erasure_days)
        erasures = AfterErasures(_erased_again(settings, database, house), lambda: clock() - days)
        dispatcher = _dispatcher(settings, database, leases, house, metrics, clock)
        listener = Listener(
            database, house, dispatcher, metrics, clock, dispatcher.waiting_for,
            erased=erasures.happened,
        )  # fmt: skip
        channels = _channels(settings, house, listener, StoredPictures(database), database)
    except BaseException:
        database.close()
        raise
    polled = _polled(settings)
    parts = WebParts(
        probe=lambda: _probe(database),
        preview=_of(channels, "preview"),
        telegram=_of(channels, "telegram") if settings.webhook_url else None,
        slack=_of(channels, "slack") if settings.slack_signing_secret else None,
        channels=channels,
        watched=polled,
        hosts=settings.known_hosts,
        refused=dispatcher.refused,
        metrics=metrics,
        version=__version__,
        pages=notice_page.routes(house),
    )
    return App(
        settings,
        database,
        leases,
        dispatcher,
        _clock(database, house, tuple(channels), clock, dispatcher.wake),
        Housekeeping(database, house, clock, erasures.happened, _backup(settings, database)),
        erasures,
        create_app(parts),
        channels,
        polled,
    )


def _words_stored(
    database: Database, house: House, settings: Settings, clock: Callable[[], datetime]
) -> frozenset[str] | None:
    """What people agree to from now on is kept as they read it; gives the versions whose readers
    need not be asked again (storage.notice_texts.fine). Raises BadSettings where the words
    were changed under a version that people may have agreed to."""
    with database.transaction() as tx:
        notice.keep(tx, house, clock())
        problems = notice.changed(tx, house)
        fine = notice_texts.fine(tx)
    if problems:
        raise BadSettings([f"{settings.blueprint}: {each}" for each in problems])
    return fine


def _backup(settings: Settings, database: Database) -> DailyBackup | None:
    """The daily backup, where a folder for it is set."""
    path, folder = database.address.path, settings.backup_directory
    if path is None or folder is None:
        return None
    return DailyBackup(path, folder, settings.state_directory)


def _erased_again(settings: Settings, database: Database, house: House) -> Erasures:
    """Before anything is sent or answered: whoever an old backup brought back is erased again, and
    the file knows of every erasure. Raises BadSettings where the file cannot be read or written."""
    path = erased.path_for(database.address.path, settings.state_directory)
    file = ErasedFile(path)
    kept = Erasures(database, file)
    try:
        marks, people = erased.apply(database, file, house.secret, house.blueprint)
        kept.keep()
    except OSError as problem:
        raise BadSettings(
            [f"{path}: {problem.strerror or problem}; it keeps who was erased"]
        ) from None
    if marks:
        log.error(
            "the database is older than some erasures: whoever they were about was erased again",
            erasures=marks, people=people,
        )  # fmt: skip
    return kept


def _dispatcher(
    settings: Settings,
    database: Database,
    leases: Leases,
    house: House,
    metrics: Metrics,
    clock: Callable[[], datetime],
) -> Dispatcher:
    """Also looks whether the database is older than what was sent, before anything is sent."""
    path = restored.path_for(database.address.path, settings.state_directory)
    sent = SentFile(path)
    if restored.moved(database, sent, clock()):
        log.error(
            "the file that counts what was sent is not there any more: planned messages are held"
            " until staff release them (domov deliveries)",
            file=str(path),
        )
    for account, numbers in restored.check(database, sent, clock()).items():
        log.error(
            "the database is older than what was sent: planned messages are held until staff"
            " release them (domov deliveries)",
            account=account, database=numbers[0], sent=numbers[1],
        )  # fmt: skip
    blueprint = house.blueprint
    composer = Composer(house.words, blueprint, clock)
    planned = Planned(
        database, leases.owner, Rules.of(blueprint, house.fine), composer, sent, clock
    )
    return Dispatcher(
        database, leases.owner, metrics, clock,
        limits=limits_of(settings.telegram_rate, settings.slack_rate, most_at_once()),
        many=Many(planned, _journal(settings, database, leases.owner), leases.lead),
    )  # fmt: skip


def _journal(settings: Settings, database: Database, owner: str) -> Journal:
    path = journal.path_for(database.address.path, settings.state_directory)
    return Journal(path, owner)


def _clock(
    database: Database,
    house: House,
    channels: tuple[str, ...],
    clock: Callable[[], datetime],
    wake: Callable[[], None],
) -> Clock:
    def context() -> Context:
        return Context(clock(), house.blueprint, channels, house.secret)

    return Clock(database, HANDLERS, context, wake, begin, away.beat)


def _polled(settings: Settings) -> frozenset[str]:
    """Platforms that are asked for events. Slack's Socket Mode shares events among connections
    by itself, so every process may hold one."""
    polls = settings.telegram and settings.webhook_url is None
    return frozenset({"telegram"} if polls else set())


def _channels(
    settings: Settings, house: House, listener: Listener, pictures: Pictures, database: Database
) -> dict[str, Channel]:
    channels: dict[str, Channel] = {}
    if settings.chat_page != "off":
        channels["preview"] = _preview(settings, house, listener, pictures)
        if not (settings.telegram or settings.slack):
            channels["demo"] = DemoChannel()
    if settings.telegram_bot_token is not None:
        channels["telegram"] = _telegram(settings, house, listener, pictures, database)
    if settings.slack_bot_token is not None:
        channels["slack"] = _slack(settings, listener, pictures)
    return channels


def _secret(value: Any) -> str | None:
    return None if value is None else str(value.get_secret_value())


def _preview(
    settings: Settings, house: House, listener: Listener, pictures: Pictures
) -> PreviewChannel:
    programme = house.blueprint.programme
    site = Site(programme.name.root, programme.funding_statement.root, house.blueprint.languages)
    renderer = Renderer(house.words, web.html, site)
    access = Access(Mode(settings.chat_page), settings.public_url)
    return PreviewChannel(listener, renderer, access=access, pictures=pictures)


def _slack(settings: Settings, listener: Listener, pictures: Pictures) -> Channel:
    # A quarter of a second and 20 MB, for those who have a token.
    from bot.channels.slack.channel import SlackChannel  # noqa: PLC0415

    return SlackChannel(
        _secret(settings.slack_bot_token) or "",
        listener,
        app_token=_secret(settings.slack_app_token),
        signing_secret=_secret(settings.slack_signing_secret),
        api_url=settings.slack_api_url,
        pictures=pictures,
        suggest=suggest,
    )


def _telegram(
    settings: Settings, house: House, listener: Listener, pictures: Pictures, database: Database
) -> Channel:
    from bot.channels.telegram.channel import TelegramChannel  # noqa: PLC0415 - see _slack
    from bot.channels.telegram.profile import described, named  # noqa: PLC0415

    token = _secret(settings.telegram_bot_token) or ""
    commands = registered_commands(house.words, house.blueprint)
    programme, languages = house.blueprint.programme, house.blueprint.languages
    described_by = programme.hello or programme.purpose
    account = token.partition(":")[0]
    return TelegramChannel(
        token,
        settings.telegram_api_url,
        listener,
        webhook_url=settings.webhook_url,
        webhook_secret=_secret(settings.telegram_webhook_secret) if settings.webhook_url else None,
        commands=commands,
        description=everywhere({code: described(described_by[code]) for code in languages}),
        short_description=everywhere({code: named(programme.name[code]) for code in languages}),
        name=everywhere(dict(programme.bot_name.root)) if programme.bot_name else {},
        group_commands=registered_commands(house.words, house.blueprint, GROUP_COMMANDS),
        staff_commands=registered_commands(house.words, house.blueprint, STAFF_COMMANDS),
        staff_chats=KnownStaff(database, "telegram", account),
        menu_button=True,
        connections=most_at_once() + OTHERS,
        pictures=pictures,
    )


def registered_commands(
    words: Words, blueprint: Blueprint, names: Sequence[str] = REGISTERED_COMMANDS
) -> dict[str, Sequence[tuple[str, str]]]:
    """Commands with their descriptions by language; "" is for readers of any other."""

    def described(language: str) -> Sequence[tuple[str, str]]:
        return [(name, words.text(f"command.{name}", language)) for name in names]

    return everywhere({code: described(code) for code in blueprint.languages})


def everywhere(by_language: dict[str, T]) -> dict[str, T]:
    """The same with "", for readers of any other language: English, else the first."""
    first = next(iter(by_language), "")
    return {"": by_language["en" if "en" in by_language else first], **by_language}


def _of(channels: Mapping[str, Channel], name: str) -> Any:
    """The channel, as what its part of the web application sees in it."""
    return channels.get(name)


async def _probe(database: Database) -> None:
    """Raises where the database can't be read, or did not take what was last written."""
    await database.read(_alive)
    if database.trouble is not None:
        raise database.trouble


def _alive(tx: Transaction) -> None:
    tx.run(_ALIVE).fetchone()


__all__ = ["App", "BotError", "build", "registered_commands"]
