"""All checks, in the order in which somebody would mend things."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from bot import settings
from bot.cli.check import (
    addresses,
    backups,
    contents,
    database,
    ending,
    files,
    inbox,
    keys,
    planned,
    platforms,
    proposals,
    sending,
)
from bot.cli.check.finding import Finding, Level, ok, problem, remark
from bot.redact import Redact


def look_over(say: Callable[[str], object]) -> bool:
    """Say a line for each finding, as it is found; True where nothing is a PROBLEM."""
    # What libraries would say while they are being tried is not for this reader.
    logging.disable(logging.CRITICAL)
    try:
        return _look_over(say)
    finally:
        logging.disable(logging.NOTSET)


def _look_over(say: Callable[[str], object]) -> bool:
    given, problems = settings.examine()
    redact = Redact(given.secrets if given else ())
    bad = 0
    for finding in _findings(given, problems):
        say(redact.text(str(finding)))
        bad += finding.level is Level.PROBLEM
    if bad:
        say(f"Not usable yet: {bad} problem{'s' if bad != 1 else ''}.")
    else:
        say("Usable.")
    return not bad


def _findings(given: settings.Settings | None, problems: list[str]) -> Iterator[Finding]:
    yield from _settings(problems)
    if given is None:
        yield from contents.translations(None)
        return
    yield from keys.secret_key(given)
    blueprint = yield from contents.blueprint(given)
    yield from contents.translations(blueprint)
    yield from database.check(given)
    yield from files.check(given)
    yield from backups.check(given)
    yield from contents.notice_words(given, blueprint)
    yield from sending.check(given)
    yield from planned.check(given)
    yield from proposals.check(given)
    yield from inbox.check(given)
    yield from ending.check(given, blueprint)
    yield from platforms.telegram(given)
    yield from platforms.slack(given)
    yield from addresses.check(given)


def _settings(problems: list[str]) -> Iterator[Finding]:
    for each in problems:
        yield problem("Settings", each)
    for name in settings.unknown_names():
        yield remark("Settings", f".env: {name}. See .env.example for all there are")
    if not problems:
        yield ok("Settings", f"{len(settings.Settings.model_fields)} looked at")
