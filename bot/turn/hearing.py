"""What was said, sorted: to the open question, to a command, or to the staff's inbox."""

from __future__ import annotations

import re

from bot.incoming import (
    Attachment,
    Command,
    Contact,
    Edited,
    Filling,
    Left,
    Location,
    Mention,
    Opened,
    Press,
    Submitted,
    Text,
)
from bot.turn import (
    asking,
    broadcasts,
    cards,
    changing,
    coming,
    commands,
    conversing,
    events,
    forms,
    in_sight,
    linking,
    notice,
    over,
    passing_on,
    small_talk,
    stopping,
)
from bot.turn.context import Turn
from bot.turn.gathering import SAY
from bot.turn.mentoring import pressed as pair
from bot.turn.mentoring import requested, typed
from bot.turn.staff import access
from flows.choices import Agreement
from flows.questions import PersonName
from flows.questions import Text as FreeText
from flows.understand import tongue, words
from flows.understand.reading import NotUnderstood, Understood
from flows.understand.text import fold
from messages import rich
from messages.message import MENU, Rich
from outreach.broadcasts.rendering import PRESS as BROADCAST
from outreach.events.buttons import PREFIX as EVENT
from outreach.footer import STOP
from outreach.mentoring.buttons import MATCH, REQUEST
from storage import conversations

# The words that leave a free-text question, folded, in the three languages.
PLAIN = frozenset(
    {
        *("help", "back", "skip", "cancel", "menu", "language"),
        *("pomoc", "spat", "preskocit", "preskoc", "zrusit", "zrus", "jazyk"),
        *("nazaj", "preskoci", "preklici", "meni", "jezik"),
    }
)
ENDS = frozenset({"stop", "forget"})
"""What is heard everywhere, a free-text question too; but it may be the name of an option."""
NOUNS = frozenset({"mentor", "events", "language"})
"""Commands that may be the name of an option: somebody wants "a mentor", or offers languages."""
_LINK = re.compile(
    r"/?\s*(?:link|prepoji\w*|pove[zž]\w*)"
    r"\s+([A-Za-z0-9]{4}-?[A-Za-z0-9]{4}|undo|vr[aá]ti[tť]|razveljavi)\s*",
    re.IGNORECASE,
)


CONTROLS = frozenset({"back", "skip", "done", "change", "all"})
"""Buttons of the open question itself; every other with an exclamation mark is a command."""
_CHECK_IN = re.compile(r"/?\s*(?:check[- ]?in|pr[ií]chod|prihod)\s+(\w{4,12})\s*", re.IGNORECASE)


# What words may be where no question is open, in this order.
_WITHOUT_A_QUESTION = (
    linking.typed, coming.typed, typed.typed, changing.typed, small_talk.otherwise,
)  # fmt: skip


def hear(turn: Turn) -> None:
    """Answer the event of this turn. Whoever agreed to a notice that has changed since is asked
    again, after the answer to their word; a short conversation is finished first."""
    access.end_if_gone(turn)
    access.end_if_stranger(turn)
    if over.answered(turn):
        return
    _hear(turn)
    if turn.opens is not None:
        forms.open_form(turn, before=turn.opens)
    talk = turn.who.talk
    between = talk is None or talk.flow in conversing.RESUMABLE
    if between and not turn.erased and notice.outdated(turn):
        conversing.begin(turn, "renew")


def _hear(turn: Turn) -> None:
    match turn.incoming.said:
        case Text(text):
            _text(turn, text)
        case Command(name, argument):
            _command(turn, name, argument)
        case Press(ref, press):
            _press(turn, ref, press)
        case Mention(text):
            _mention(turn, text)
        case Submitted(ref, values) if ref == SAY:
            _text(turn, "".join(values.get(SAY, ())))
        case Submitted(ref, values) if ref == commands.ASK:
            _mention(turn, "".join(values.get(commands.ASK, ())))
        case Filling(ref, values):
            forms.redrawn(turn, ref, values)
        case Submitted(ref, values):
            forms.submitted(turn, ref, values)
        case Opened(what):
            _opened(turn, what)
        case Left():
            who = turn.who
            conversations.reached(turn.tx, who.identity, who.chat, ok=False)
        case said:
            _kindly(turn, said)


def _text(turn: Turn, text: str) -> None:
    link = _LINK.fullmatch(text)
    word = words.command(text)
    if stopping.left(turn, text, word):
        before = len(turn.out)
        if words.agreed(text) is not False:  # more than a no in other words
            _text(turn, text)
        stopping.kept(turn, before)
    elif link:
        commands.run(turn, "link", link[1])
    elif at_event := _CHECK_IN.fullmatch(text):
        commands.run(turn, "checkin", at_event[1])
    elif (button := in_sight.typed(turn, text)) is not None:
        _press(turn, *button)
    elif (language := _language(turn, text)) is not None:
        commands.run(turn, "language", language)
    elif asking.answered(turn, text, known=word is not None or turn.who.talk is None):
        return
    elif (page := asking.page(turn, text)) is not None:
        commands.run(turn, page, "")
    elif word and not _answers_the_question(turn, text, word):
        commands.run(turn, word, "")
    else:
        _answer(turn, text)


def _answer(turn: Turn, text: str) -> None:
    """What is no word of the bot's: to the open question, else to what was said last."""
    if turn.who.talk is not None:
        if not small_talk.instead(turn, text):
            conversing.typed(turn, text, _otherwise)
    elif turn.who.status == "new":
        conversing.ask_again(turn)
    elif not any(heard(turn, text) for heard in _WITHOUT_A_QUESTION):
        _unplaced(turn, "text", text)


def _otherwise(turn: Turn, text: str) -> bool:
    """What is no answer to the open question may be about something else; whether it was."""
    return (
        coming.typed(turn, text)
        or changing.typed(turn, text)
        or small_talk.otherwise(turn, text)
        or asking.perhaps(turn, text)
    )


def _mention(turn: Turn, text: str) -> None:
    """Words in a channel: a command, or something that staff answer; never the answer to what is
    open in the chat, of which nobody there knows."""
    word = words.command(text)
    if (said := asking.known(turn, text)) is not None:
        turn.send(turn.message(said))
    elif turn.who.status == "new" or not text.strip():
        commands.run(turn, "start" if turn.who.status == "new" else "menu", "")
    elif word:
        commands.run(turn, word, "")
    else:
        _unplaced(turn, "text", text)


def _language(turn: Turn, text: str) -> str | None:
    """The language that somebody wants to go on in, where these words are no answer to the open
    question: languages are what some are asked for, and "slovensko" is a country."""
    wanted = tongue.wanted(text, turn.blueprint.languages, turn.who.language)
    if wanted is None:
        return None
    code, said = wanted
    open_question = conversing.waiting(turn)
    question = open_question.question if open_question is not None else None
    if question is None or isinstance(question, PersonName):
        return code
    if isinstance(question, FreeText):
        return code if said else None
    heard = question.read(text, conversing.reader(turn))
    return code if isinstance(heard, NotUnderstood) else None


def _answers_the_question(turn: Turn, text: str, word: str) -> bool:
    """Whether a word that could be a command is an answer here: "languages" is what somebody is
    good at. At free text only the plainest words are commands; a slash makes any of them one."""
    open_question = conversing.waiting(turn)
    if open_question is None:
        return False
    if word == "done":
        return True
    if isinstance(open_question.question, Agreement):
        heard = open_question.question.read(text, conversing.reader(turn))
        return isinstance(heard, Understood)
    plain = fold(text) in PLAIN or (word in ENDS and isinstance(open_question.question, FreeText))
    if word in NOUNS | ENDS and not plain and not isinstance(open_question.question, FreeText):
        heard = open_question.question.read(text, conversing.reader(turn))
        return isinstance(heard, Understood)
    return isinstance(open_question.question, FreeText) and not plain


def _command(turn: Turn, name: str, argument: str) -> None:
    known = name if name in commands.COMMANDS else words.command(name)
    if known is None or not commands.run(turn, known, argument):
        conversing.ask_again(turn, turn.labels.say("common.unknown_command"))


def _press(turn: Turn, ref: str, press: str) -> None:
    if press.startswith(f"!{STOP}."):  # stands below whatever is sent unasked
        _command(turn, STOP, press.partition(".")[2])
    elif ref.startswith(EVENT):
        events.pressed(turn, ref, press)
    elif ref.startswith(BROADCAST):
        broadcasts.pressed(turn, ref, press)
    elif ref.startswith(MATCH):
        pair.pressed(turn, ref, press)
    elif ref.startswith(REQUEST):
        requested.pressed(turn, ref, press)
    elif ref == MENU:
        name, _, argument = press.removeprefix("=").partition(".")
        _command(turn, name, argument)
    elif press.startswith("!") and press[1:].partition(".")[0] not in CONTROLS:
        name, _, argument = press[1:].partition(".")
        _command(turn, name, argument)
    else:
        conversing.pressed(turn, ref, press)


def _opened(turn: Turn, what: str) -> None:
    if what == "home":
        turn.stale = True
    elif what == "channel":
        cards.introduce(turn)
    elif turn.who.status == "new" or turn.who.talk is not None:
        conversing.ask_again(turn)


def _kindly(turn: Turn, said: object) -> None:
    """Things that are no words. With an open question it is asked again; else staff get to know."""
    kind, caption = _kind(said)
    if isinstance(said, Attachment) and caption.strip() and turn.who.talk is not None:
        conversing.typed(turn, caption)
        return
    note = turn.labels.say(f"kind.{kind}")
    if turn.who.talk is not None or turn.who.status == "new":
        conversing.ask_again(turn, note)
    elif isinstance(said, Edited):
        _unplaced(turn, "edited", said.text)
    else:
        _unplaced(turn, kind, caption, note)


def _kind(said: object) -> tuple[str, str]:
    match said:
        case Contact(own):
            return ("contact_own" if own else "contact_other"), ""
        case Location():
            return "location", ""
        case Edited(text):
            return "edited", text
        case Attachment(kind, caption):
            known = kind in ("photo", "voice", "video", "sticker", "document")
            return (kind if known else "other"), caption
    return "other", ""


def _unplaced(turn: Turn, kind: str, text: str, note: Rich = ()) -> None:
    """Keep for staff what the bot can't place, and say so."""
    kept = passing_on.keep(turn, kind, text)
    said = rich.concat(note, passing_on.told(turn, kept, asked=asking.is_question(turn, text)))
    if not events.still_coming(turn, said):
        turn.send(turn.message(said, (turn.command_button("menu"),)))
