"""A whole world in one process: both platforms, the program between them, and people."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from storage.database import Database, sql
from storage.transaction import Transaction
from tests.fakes.slack import SlackServer
from tests.fakes.telegram import TelegramServer
from tests.system.people import OnSlack, OnTelegram, Person
from tests.system.program import KEY, Front, Program
from tests.waiting import until

HOOK_SECRET = "hook-secret-0123456789_ABCDEF"
# Slack brings an event again at once, after a minute and after five: here sooner, and once more
# for each time that the program is killed while it has the event in hand.
AGAIN = (0.0, 0.2, 0.4, 0.8, 0.8)
LOG_SHOWN = 8000  # characters of a log beside a failure
ZONES = {"en": "Europe/London", "sk": "Europe/Bratislava", "sl": "Europe/Ljubljana"}


@dataclass
class World:
    """``modes``: "polling" or "webhook", "socket" or "http"; a platform not named is not there."""

    url: str
    folder: Path
    modes: tuple[str, ...]
    telegram: TelegramServer
    slack: SlackServer
    front: Front
    settings: dict[str, str] = field(default_factory=dict)
    programs: list[Program] = field(default_factory=list)
    errors_expected: bool = False
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(7001))

    @property
    def program(self) -> Program:
        return self.programs[0]

    def environment(self) -> dict[str, str]:
        """The program's settings."""
        given = {"DATABASE_URL": self.url, "PUBLIC_URL": self.front.address}
        if {"polling", "webhook"} & set(self.modes):
            given |= {
                "TELEGRAM_BOT_TOKEN": self.telegram.token,
                "TELEGRAM_API_URL": self.telegram.url,
            }
        if "webhook" in self.modes:
            given["TELEGRAM_WEBHOOK_SECRET"] = HOOK_SECRET
        if {"socket", "http"} & set(self.modes):
            given |= {
                "SLACK_BOT_TOKEN": self.slack.bot_token,
                "SLACK_API_URL": self.slack.api_url,
            }
        if "socket" in self.modes:
            given["SLACK_APP_TOKEN"] = self.slack.app_token
        if "http" in self.modes:
            given["SLACK_SIGNING_SECRET"] = self.slack.signing_secret
            self.slack.post.events_url = f"{self.front.address}/slack/events"
        return given | self.settings

    def new_program(self, **settings: str) -> Program:
        """One more process on the same database; not started."""
        name = f"domov {len(self.programs) + 1}"
        program = Program(self.folder, self.environment() | settings, name)
        self.programs.append(program)
        return program

    async def start(self) -> None:
        """Start the program; its address is the one the platforms know."""
        if not self.programs:
            self.new_program()
        self.front.behind = self.program
        self.slack.post.later = self.program.up
        await self.program.start()

    async def kill(self, program: Program | None = None) -> None:
        """Kill it; what PostgreSQL had in hand for it is committed or given up."""
        program = program or self.program
        await program.kill()
        if not self.url.startswith("sqlite"):
            here = "SELECT 1 FROM pg_stat_activity WHERE application_name = :name"
            await until(lambda: not self.rows(here, name=program.name), "its connections to end")

    def person(self, platform: str, language: str = "en", name: str = "Jana") -> Person:
        """Somebody new on a platform, in their language."""
        number = next(self._numbers)
        if platform == "telegram":
            username = f"user{number}"
            return OnTelegram(
                self.telegram.user(number, name, language_code=language, username=username)
            )
        zone = ZONES[language]
        return OnSlack(self.slack.user(f"U{number}", locale=f"{language}-XX", tz=zone, name=name))

    # ---- the database, as it is ----

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        database = Database.open(self.url, check=False)
        try:
            with database.reading() as tx:
                yield tx
        finally:
            database.close()

    def rows(self, query: str, **params: Any) -> list[tuple[Any, ...]]:
        with self.reading() as tx:
            return [tuple(row) for row in tx.run(sql(query), **params).fetchall()]

    def person_of(self, person: Person) -> int:
        """The number under which somebody is in the database."""
        found = self.rows(
            "SELECT person_id FROM identity WHERE channel = :channel AND user_id = :user",
            channel=person.platform,
            user=person.id,
        )
        assert len(found) == 1, f"{person.id} is there {len(found)} times"
        return int(found[0][0])

    # ---- what must hold in the end ----

    def secrets(self) -> list[str]:
        """What no line of the log may hold."""
        return [
            KEY,
            HOOK_SECRET,
            self.telegram.token.partition(":")[2],
            self.slack.bot_token,
            self.slack.app_token,
            self.slack.signing_secret,
            *filter(None, [urlsplit(self.url).password]),
        ]

    def tell(self) -> None:
        """What helps to understand a failure."""
        for program in self.programs:
            print(program.log[-LOG_SHOWN:])
        if self.programs:
            print(*self.rows("SELECT * FROM conversation"), sep="\n")
            print(*self.rows("SELECT * FROM delivery WHERE state <> 'sent' LIMIT 50"), sep="\n")

    def check_logs(self) -> None:
        """No secret and, unless expected, no traceback in any line of any process. (Nor one that
        is broken over two lines.)"""
        for program in self.programs:
            whole = "".join(program.log.split())
            assert not [each for each in self.secrets() if "".join(each.split()) in whole]
            for line in program.lines:
                leaked = [secret for secret in self.secrets() if secret in line]
                assert not leaked, f"a secret is in the log: {line}"
                assert "@example.com" not in line, f"somebody's answer is in the log: {line}"
                assert "ResourceWarning" not in line, program.log[-LOG_SHOWN:]
                if not self.errors_expected:
                    assert "Traceback" not in line, program.log[-LOG_SHOWN:]


@asynccontextmanager
async def world(url: str, folder: Path, *modes: str, **settings: str) -> AsyncIterator[World]:
    """Platforms and people; the program is not started yet."""
    front = Front()
    await front.start()
    slack = SlackServer(retry_after=AGAIN)
    async with TelegramServer() as telegram, slack:
        telegram.delivery.longest_wait = 0.1  # the program may not be up for long
        made = World(url, folder, modes, telegram, slack, front, settings)
        try:
            yield made
        except BaseException:
            made.tell()
            raise
        finally:
            for program in made.programs:
                if program.running:
                    await program.kill()
            await front.stop()
        made.check_logs()
