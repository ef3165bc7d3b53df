"""``/staff``: the menu, and the way to every page behind its buttons."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from bot.turn import conversing
from bot.turn.cards import refresh_home
from bot.turn.context import Turn
from bot.turn.staff import (
    access,
    broadcasts,
    events,
    inbox,
    lists,
    matching,
    mentoring,
    problems,
    sharing,
)
from bot.turn.staff.review import button, organisation_name, say
from messages import rich
from messages.message import Option, Rich
from outreach import staff
from outreach.errors import NotAllowed, OutreachError
from outreach.staff import COORDINATOR, VIEWER, Actor
from storage import conversations

Page = Callable[[Turn, Actor, str], None]

_CODE = re.compile(r"\s*[A-Za-z0-9]{5}[-\s]?[A-Za-z0-9]{5}\s*")


def command(turn: Turn, argument: str) -> None:
    """``/staff``, ``/staff CODE``, and what the pages' buttons send. Everybody who is not of the
    staff hears what they hear of any command that there is not."""
    name, _, rest = argument.strip().partition(".")
    page = PAGES.get(name)
    if page is None and _CODE.fullmatch(argument):
        _known_by_code(turn, argument)
        return
    actor = access.actor_of(turn)
    if actor is None or not actor.roles:
        conversing.ask_again(turn, turn.labels.say("common.unknown_command"))
        return
    try:
        (page or menu)(turn, actor, rest)
        if turn.incoming.where != "chat" and name in CHANGING:
            refresh_home(turn)
    except OutreachError as error:
        problems.tell(turn, error)


def _known_by_code(turn: Turn, code: str) -> None:
    incoming = turn.incoming
    actor = staff.use_code(
        turn.tx, code, turn.house.secret, incoming.channel, incoming.account, incoming.user,
        turn.now, partial(access.tell_admins, turn),
    )  # fmt: skip
    if actor is None:
        turn.say("staff.wrong_code")
    else:
        # Slack has one command for everything (slack-manifest.yaml).
        opens = "/domov staff" if incoming.channel == "slack" else "/staff"
        _menu(turn, actor, turn.labels.say("staff.bound", name=actor.name, command=opens))


def menu(turn: Turn, actor: Actor, _argument: str) -> None:
    """What their roles allow. A conversation that is under way is left for later."""
    conversing.leave(turn)
    _menu(turn, actor)


def greeted(turn: Turn, before: Rich = ()) -> bool:
    """Staff who have not registered themselves are no strangers: their menu instead of the first
    message, which is behind a button. Whether they were such."""
    actor = access.actor_of(turn)
    if actor is None or not actor.roles:
        return False
    label = turn.labels.words.text("staff.button_register", turn.who.language)
    _menu(turn, actor, before, (turn.button("register", label),))
    return True


def menu_after(turn: Turn, said: Rich) -> None:
    """The menu, after a conversation of theirs was left."""
    _menu(turn, access.in_conversation(turn), said)


def _menu(turn: Turn, actor: Actor, before: Rich = (), beside: tuple[Option, ...] = ()) -> None:
    roles = tuple(
        (organisation_name(turn, organisation), say(turn, f"role_{role}"))
        for organisation, role in actor.roles.items()
    )
    text = turn.labels.say("staff.menu", name=actor.name, lines=roles)
    buttons = (*_unfinished(turn), *_doors(turn, actor), *beside)
    turn.send(turn.message(rich.concat(before, text), buttons))


def _doors(turn: Turn, actor: Actor) -> tuple[Option, ...]:
    names: list[tuple[str, str]] = []
    coordinates = bool(access.organisations(turn, actor, COORDINATOR))
    if coordinates:
        names += [("new_event", "event"), ("new_broadcast", "broadcast"), ("drafts", "drafts")]
    if access.organisations(turn, actor, VIEWER):
        names += [
            ("inbox", "inbox"),
            ("coming", "coming"),
            ("mentoring", "mentoring"),
            ("figures", "figures"),
        ]
    if coordinates:
        names.append(("log", "log"))
    counting = {"inbox": inbox.door, "mentoring": mentoring.door}
    return tuple(
        counting[page](turn, actor) if page in counting else button(turn, page, key)
        for page, key in names
    )


def _unfinished(turn: Turn) -> tuple[Option, ...]:
    """What they began and did not finish."""
    options = []
    for conversation, flow, _ in conversations.parked(turn.tx, turn.who.person):
        if flow.startswith(access.FLOWS):
            title = access.title_of(flow)
            label = turn.labels.words.text(
                "menu.button_go_on", turn.who.language, title=turn.labels.text(title)
            )
            options.append(turn.button(f"staff.go_on.{conversation}", label))
    return tuple(options[:3])


def _go_on(turn: Turn, actor: Actor, argument: str) -> None:
    if not access.organisations(turn, actor, COORDINATOR):
        raise NotAllowed
    known = [
        conversation
        for conversation, flow, _ in conversations.parked(turn.tx, turn.who.person)
        if flow.startswith(access.FLOWS)
    ]
    found = argument.isdecimal() and int(argument) in known
    if not (found and conversing.resume(turn, int(argument))):
        turn.say("staff.gone")


def _preview(turn: Turn, _actor: Actor, _argument: str) -> None:
    turn.say("staff.only_preview")


PAGES: Mapping[str, Page] = {
    "menu": menu,
    "go_on": _go_on,
    "preview": _preview,
    "coming": lists.coming,
    "event": lists.event,
    "inbox": inbox.messages,
    "message": inbox.message,
    "reply": inbox.reply,
    "put_away": inbox.put_away,
    "figures": lists.figures,
    "drafts": lists.drafts,
    "log": lists.log,
    "mentoring": mentoring.overview,
    "requests": mentoring.requests,
    "mentors": mentoring.mentors,
    "proposals": mentoring.proposals,
    "quiet": mentoring.quiet,
    "match": matching.match,
    "approve": matching.approve,
    "approve_all": matching.approve_all,
    "swap": matching.swap,
    "forbid": matching.forbid,
    "close_match": matching.close,
    "round": matching.round_now,
    "new_event": events.new,
    "review_event": events.review,
    "change_event": events.change,
    "announce": events.announce,
    "discard_event": events.discard,
    "share_here": sharing.choose,
    "share": sharing.share,
    "new_broadcast": broadcasts.new,
    "broadcast": broadcasts.show,
    "change_broadcast": broadcasts.change,
    "when": broadcasts.when,
    "send": broadcasts.send,
    "test": broadcasts.test,
    "pause": broadcasts.pause,
    "resume": broadcasts.resume,
    "stop": broadcasts.stop,
}
"""Page -> what shows it. Buttons say ``staff.PAGE.ARGUMENT``."""

CHANGING = frozenset(
    {"put_away", "approve", "approve_all", "swap", "announce", "discard_event", "send"}
)
"""Pages that change what their home page counts."""
