"""One person on two platforms: a code, a question to both accounts, and fifteen minutes to undo.

What may be joined, and what comes of it, is decided in :mod:`outreach.joining`.
"""

from __future__ import annotations

import re
import zlib
from datetime import timedelta

from bot.turn import cards, conversing
from bot.turn.context import Turn
from flows.understand import words
from flows.understand.text import fold
from messages import stored
from messages.labels import fit
from messages.message import MENU, Message, Option, Widget
from messages.message import Kind as WidgetKind
from outreach import codes
from outreach.joining import life, taking
from outreach.joining.life import Account
from outreach.joining.weighing import given
from storage import conversations, facts, joinings, links, profile
from storage.facts import Pieces
from storage.hashing import keyed_hash
from storage.joinings import JoiningRow

CODE_LENGTH = 8
BUTTON = 40  # characters on a button: what a telephone shows
MOST = 8  # facts to choose from below one message
PLATFORMS = frozenset({"telegram", "slack", "preview"})

_ACT = re.compile(r"(yes|no|take)_(\d{1,18})(?:_([0-9a-f]{1,8}))?")
_UNDO = frozenset({"undo", "vratit", "spat", "razveljavi"})


def link(turn: Turn, argument: str) -> None:
    """Give a code for another account, take the one given there, or answer what was asked."""
    act = _ACT.fullmatch(argument)
    if act and act[1] == "take":
        _take(turn, int(act[2]), act[3] or "")
    elif act:
        _answer(turn, int(act[2]), yes=act[1] == "yes")
    elif fold(argument) in _UNDO:
        _undo(turn)
    elif code := codes.typed(argument):
        _redeem(turn, code)
    else:
        _new_code(turn)


def typed(turn: Turn, text: str) -> bool:
    """An answer in words ("yes", "no"), where an account was asked whether another is theirs."""
    yes = words.yes_no(text)
    if yes is None:
        return False
    person = turn.who.person
    for row in joinings.open_of(turn.tx, person):
        if (row.state == "entered") == (person == row.other):
            _answer(turn, row.id, yes=yes)
            return True
    return False


# ---- codes ----


def _new_code(turn: Turn) -> None:
    row = joinings.joined_of(turn.tx, turn.who.person)
    if row is not None and turn.now < row.expires_at:
        text = turn.labels.say("link.refused_busy")
        turn.send(turn.message(text, (_undo_button(turn),)))
        conversing.carry_on(turn)
        return
    code = codes.new(CODE_LENGTH)
    minutes = turn.blueprint.timings.link_code_minutes
    links.new_code(
        turn.tx, _hash(turn, code), turn.who.person, turn.now + timedelta(minutes=minutes),
        turn.now, identity=turn.who.identity, name=_own_name(turn),
    )  # fmt: skip
    turn.say("link.code", code=codes.shown(code), minutes=minutes)
    conversing.carry_on(turn)


def _hash(turn: Turn, code: str) -> str:
    return keyed_hash(code, turn.house.secret)


def _own_name(turn: Turn) -> str | None:
    """How this account is shown to another: by the first name in its record, else as the platform
    calls it."""
    name = (turn.who.name or turn.incoming.username or "").split()
    return name[0] if name else None


def _redeem(turn: Turn, code: str) -> None:
    """Nothing is joined by a code: this account is asked first."""
    person = turn.who.person
    if not links.may_try(turn.tx, person, turn.now):
        conversing.ask_again(turn, turn.labels.say("link.too_many"))
        return
    found = links.redeem(turn.tx, _hash(turn, code), turn.now)
    if found is None:
        links.tried(turn.tx, person, turn.now)
        conversing.ask_again(turn, turn.labels.say("link.wrong"))
    elif found.person == person:
        conversing.ask_again(turn, turn.labels.say("link.same"))
    else:
        account = Account(person, turn.who.identity, _own_name(turn))
        row, reason = life.entered(turn.tx, found, account, turn.now)
        if row is None:
            _refused(turn, reason)
        else:
            shown = _shown(turn, row.identity, row.name)
            turn.send(_question(turn, turn.who.language, "link.ask_second", row, shown))


def _refused(turn: Turn, reason: str) -> None:
    conversing.ask_again(turn, turn.labels.say(f"link.refused_{reason}"))


# ---- the questions ----


def _shown(turn: Turn, identity: int | None, name: str | None, language: str = "") -> str:
    """An account in a few words: "Telegram · Jana"."""
    channel = joinings.platform(turn.tx, identity)
    known = channel if channel in PLATFORMS else "other"
    platform = turn.labels.words.text(f"link.platform_{known}", language or turn.who.language)
    return f"{platform} · {name}" if name else platform


def _question(turn: Turn, language: str, words_: str, row: JoiningRow, shown: str) -> Message:
    text = turn.labels.words.rich(words_, language, account=shown)
    options = tuple(_option(turn, language, name, f"{name}_{row.id}") for name in ("yes", "no"))
    return Message(text, language, Widget(WidgetKind.BUTTONS, MENU, options))


def _option(turn: Turn, language: str, name: str, press: str) -> Option:
    return turn.button(f"link.{press}", turn.labels.words.text(f"link.button_{name}", language))


def _answer(turn: Turn, number: int, *, yes: bool) -> None:
    person = turn.who.person
    if not yes:
        declined = life.decline(turn.tx, number, person, turn.now)
        over = declined.reason == "gone"
        conversing.ask_again(turn, turn.labels.say("link.over" if over else "link.declined"))
        return
    outcome = life.agree(turn.tx, number, person, turn.now, turn.blueprint, turn.incoming.channel)
    row = outcome.row
    if row is None or outcome.reason == "gone":
        conversing.ask_again(turn, turn.labels.say("link.over"))
    elif outcome.reason:
        _refused(turn, outcome.reason)
    elif row.state == "asked":
        _ask_first(turn, row)
    else:
        _joined(turn, row, outcome.asked)


def _ask_first(turn: Turn, row: JoiningRow) -> None:
    """The account that gave the code is asked in its own chat."""
    language = _language(turn, row.person)
    shown = _shown(turn, row.other_identity, row.other_name, language)
    message = _question(turn, language, "link.ask_first", row, shown)
    joinings.tell(turn.tx, row.identity, row.expires_at, turn.now, payload=stored.dump(message))
    turn.say("link.waiting", account=_shown(turn, row.identity, row.name))
    conversing.carry_on(turn)


def _language(turn: Turn, person: int) -> str:
    held = joinings.held(turn.tx, person)
    known = held.language if held is not None else ""
    return known if known in turn.blueprint.languages else turn.who.language


# ---- joined ----


def _again(turn: Turn) -> None:
    """Who speaks is somebody else's record now, or their own again."""
    incoming = turn.incoming
    found = conversations.who(turn.tx, incoming.channel, incoming.account, incoming.user)
    assert found is not None  # noqa: S101 - an account that leads somewhere leads somewhere
    turn.who = found


def _joined(turn: Turn, row: JoiningRow, asked: tuple[str, ...]) -> None:
    """Both are told, with what the two said differently; then what only one had allowed is
    asked."""
    _again(turn)
    here, there = row.identity, row.other_identity
    turn.send(_told(turn, row, _shown(turn, there, row.other_name)))
    other = _told(turn, row, _shown(turn, here, row.name))
    joinings.tell(turn.tx, there, row.expires_at, turn.now, payload=stored.dump(other))
    cards.refresh_home(turn)
    if any(turn.blueprint.purpose(each) for each in asked):
        current = facts.pieces(turn.tx, turn.who.person)
        marks = [each.key for each in turn.blueprint.purposes if given(current).get(each.key)]
        conversing.begin(
            turn, "consents", draft={"marks": marks}, before=turn.labels.say("link.ask_consents")
        )
    else:
        conversing.carry_on(turn)


def _told(turn: Turn, row: JoiningRow, shown: str) -> Message:
    others = _others(turn, row)
    minutes = turn.blueprint.timings.undo_minutes
    lines = tuple((name, value) for _, name, value in others)
    text = turn.labels.say("link.joined", account=shown, minutes=minutes, lines=lines)
    buttons = [
        turn.button(f"link.take_{row.id}_{_mark(unit)}", fit(f"{name}: {value}", BUTTON))
        for unit, name, value in others[:MOST]
    ]
    return turn.message(text, (*buttons, _undo_button(turn)))


def _undo_button(turn: Turn) -> Option:
    return _option(turn, turn.who.language, "undo", "undo")


def _mark(unit: str) -> str:
    """A unit's name in eight letters, for a button."""
    return f"{zlib.crc32(unit.encode()):x}"


def _others(turn: Turn, row: JoiningRow) -> list[tuple[str, str, str]]:
    """What was not taken, as it is shown: unit, name, value."""
    current = facts.pieces(turn.tx, turn.who.person)
    mine = dict(_lines(turn, current))
    found = []
    for unit, pieces in sorted(row.left_out.items()):
        survey = turn.blueprint.survey(unit.partition(".")[2].partition("|")[0])
        if survey is not None:
            title = turn.labels.text(cards.texts(survey.title))
            value = turn.labels.words.text("link.other_answers", turn.who.language)
            found.append((unit, title, value))
            continue
        taken = taking.with_unit(current, unit, pieces, turn.blueprint)
        found += [(unit, n, v) for n, v in _lines(turn, taken) if mine.get(n) != v]
    return found


def _lines(turn: Turn, pieces: Pieces) -> tuple[tuple[str, str], ...]:
    """A record's profile as names and values."""
    known = profile.of_pieces(pieces, turn.blueprint)
    return cards.lines_of(turn, known, pieces.get("person.persona"))


def _take(turn: Turn, number: int, mark: str) -> None:
    """The other fact instead of the one that was confirmed later."""
    row = joinings.one(turn.tx, number)
    person = turn.who.person
    units = {} if row is None else {_mark(each): each for each in row.left_out}
    if row is None or mark not in units or not taking.belongs(row, person):
        conversing.ask_again(turn, turn.labels.say("link.taken_before"))
        return
    taking.take(turn.tx, row, person, units[mark], turn.now, turn.blueprint)
    _again(turn)
    conversing.ask_again(turn, turn.labels.say("link.taken"))
    cards.refresh_home(turn)


def _undo(turn: Turn) -> None:
    moved = turn.who.joining is not None
    row = life.undo(turn.tx, turn.who.person, turn.now, turn.blueprint, turn.incoming.channel)
    if row is None:
        conversing.ask_again(turn, turn.labels.say("link.nothing_to_undo"))
        return
    _again(turn)
    own = (row.identity, row.other_identity)
    given_back = row.identity if row.given == row.person else row.other_identity
    there = next((each for each in own if (each == given_back) != moved), None)
    joinings.tell(turn.tx, there, turn.now + life.TOLD_FOR, turn.now, variant="undone")
    conversing.ask_again(turn, turn.labels.say("link.undone"))
    cards.refresh_home(turn)
