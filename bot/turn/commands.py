"""The commands, typed with a slash, as a common word, or pressed in the menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.turn import (
    cards,
    changing,
    coming,
    conversing,
    effects,
    events,
    forms,
    fresh,
    linking,
    mydata,
    notice,
    opening,
    passing_on,
    stopping,
)
from bot.turn.context import Turn
from bot.turn.mentoring import command as mentoring
from bot.turn.staff import access, pages
from messages.message import Field, Form, Kind, Link, Message, Rich
from messages.words import capitalised
from outreach import bringing_back, claiming, freshness
from outreach.footer import AGREE, STOP
from storage import conversations, living

LONGEST_NUMBER = 18  # digits of a conversation's
BROUGHT_BACK = frozenset({"registration", "survey"})
Command = Callable[[Turn, str], None]

ASK = "ask"
"""A question from anywhere; also the ref of its window."""


def run(turn: Turn, name: str, argument: str) -> bool:
    """Run a command; False when there is none of this name."""
    command = COMMANDS.get(name)
    if command is None:
        return False
    if turn.who.status == "new" and name not in BEFORE_CONSENT:
        conversing.ask_again(turn)
    else:
        command(turn, argument)
    return True


def start(turn: Turn, argument: str) -> None:
    """Begin, or go on where the person is. A payload may be a link code, or lead to an event."""
    if argument.lower().startswith("link_"):
        linking.link(turn, argument[5:])
    elif events.is_link(argument):
        events.arrive(turn, argument)
    elif mentoring.is_link(argument):
        mentoring.command(turn, "")
    else:
        conversing.ask_again(turn)


def register(turn: Turn, _argument: str) -> None:
    """The first message, to staff as well: they want to register themselves."""
    if turn.who.status != "new" or turn.who.talk is not None:
        conversing.ask_again(turn)
    else:
        conversing.begin(turn, "join", params={"wanted": True})


def menu(turn: Turn, _argument: str) -> None:
    """The menu; an open conversation can be gone on with from it."""
    if turn.who.status != "new":
        conversing.leave(turn)
    effects.offer_menu(turn)


def help_(turn: Turn, _argument: str) -> None:
    organisations = [each.privacy_contact for each in turn.blueprint.organisations]
    turn.say("help.text", contacts=organisations, mentoring=mentoring.there(turn))
    conversing.ask_again(turn)


def about(turn: Turn, _argument: str) -> None:
    programme = turn.blueprint.programme
    text = turn.labels.say(
        "about.text",
        programme=cards.texts(programme.name),
        about=cards.texts(programme.about),
        funding=cards.texts(programme.funding_statement),
    )
    link_label = turn.labels.words.text("about.button_website", turn.who.language)
    turn.send(turn.message(text, links=(Link(link_label, programme.url),)))
    conversing.carry_on(turn)


def language(turn: Turn, argument: str) -> None:
    """Choose a language, or switch to the one named."""
    code = argument.strip().lower()
    if code in turn.blueprint.languages:
        turn.who.language = code
        conversations.speak(turn.tx, turn.who.person, code)
        cards.refresh_home(turn)
        if turn.incoming.where == "home":
            return  # the page speaks it by then
        conversing.ask_again(turn, turn.labels.say("language.switched"))
        return
    own_name = turn.labels.words.own_name
    buttons = tuple(
        turn.button(f"language.{code}", capitalised(own_name(code)))
        for code in turn.blueprint.languages
    )
    turn.send(turn.message(turn.labels.say("language.ask"), buttons))


def privacy(turn: Turn, _argument: str) -> None:
    """The notice, what is consented to, and the doors to change it."""
    programme = turn.blueprint.programme
    given = living.consents(turn.tx, turn.who.person)
    purposes = tuple(
        (cards.texts(each.label), bool(given.get(each.key))) for each in turn.blueprint.purposes
    )
    text = turn.labels.say(
        "privacy.text",
        purpose=cards.texts(programme.purpose),
        controllers=tuple(
            notice.controller(turn.labels.words, each, turn.who.language)
            for each in turn.blueprint.organisations
        ),
        recipients=cards.texts(programme.recipients) if programme.recipients else "",
        retention=cards.texts(programme.retention),
        rights=cards.texts(programme.rights),
        purposes=purposes if turn.who.status != "new" else (),
    )
    names = () if turn.who.status == "new" else ("consents", "mydata", "forget")
    buttons = [turn.command_button(name) for name in names]
    for refused in stopping.refused(turn):
        label = turn.labels.words.text(f"footer.button_{refused}", turn.who.language)
        buttons.append(turn.button(f"{AGREE}.{refused}", label))
    turn.send(turn.message(text, tuple(buttons), links=notice.links(turn)))
    conversing.carry_on(turn)


def consents(turn: Turn, _argument: str) -> None:
    given = living.consents(turn.tx, turn.who.person)
    marks = [each.key for each in turn.blueprint.purposes if given.get(each.key)]
    conversing.begin(turn, "consents", draft={"marks": marks})


def stop(turn: Turn, _argument: str) -> None:
    """Whoever wants it to stop is asked what: the invitations, everything for a while, or for
    good. Before consent there is nothing to end: nothing is kept."""
    if turn.who.status == "new":
        effects.declined(turn)
    else:
        stopping.offer(turn)


def forget(turn: Turn, _argument: str) -> None:
    if turn.who.status == "new":
        effects.declined(turn)
        return
    conversing.begin(turn, "forget")


def pause(turn: Turn, _argument: str) -> None:
    conversing.begin(turn, "pause")


def resume(turn: Turn, _argument: str) -> None:
    living.resume(turn.tx, turn.who.person)
    claiming.resumed(turn.tx, turn.who.person, turn.now)
    if turn.who.status == "paused":
        turn.who.status = "active"
    cards.refresh_home(turn)
    if turn.incoming.where == "home":
        return
    conversing.ask_again(turn, turn.labels.say("pause.resumed"))


def profile(turn: Turn, _argument: str) -> None:
    """The summary card, each line to be changed; before that, the registration."""
    opening.profile(turn)


def complete(turn: Turn, _argument: str) -> None:
    """What the profile lacks; before the registration is finished, that."""
    if turn.who.status == "joining":
        opening.registration(turn)
    else:
        opening.complete(turn)


def surveys(turn: Turn, _argument: str) -> None:
    """The person's surveys: to begin, to go on with, to look at and change."""
    if turn.who.status == "joining":
        opening.registration(turn)
        return
    unanswered = {survey.key for survey in effects.open_surveys(turn)}
    listed = turn.blueprint.surveys_for(turn.who.persona or "")
    buttons = tuple(
        turn.button(
            f"survey.{survey.key}",
            ("" if survey.key in unanswered else "✓ ")
            + turn.labels.text(cards.texts(survey.title)),
        )
        for survey in listed
    )
    text = turn.labels.say("survey.list", open=len(unanswered))
    turn.send(turn.message(text, (*buttons, turn.command_button("menu"))))


def survey(turn: Turn, argument: str) -> None:
    """Begin a survey, go on with it, or look at the answers."""
    found = turn.blueprint.survey(argument)
    if found is None or found.after_events or turn.who.persona not in found.personas:
        surveys(turn, "")
        return
    if turn.who.status == "joining":
        opening.registration(turn)
        return
    opening.survey(turn, found)


def continue_(turn: Turn, argument: str) -> None:
    """Go on with a parked conversation, from the menu."""
    if not (argument.isdecimal() and conversing.resume(turn, int(argument))):
        conversing.ask_again(turn, turn.labels.say("common.moved_on"))


def again(turn: Turn, _argument: str) -> None:
    """Where were we?"""
    conversing.ask_again(turn)


def later(turn: Turn, _argument: str) -> None:
    """Not now: what is open is put aside, and they hear when it will be brought up."""
    conversing.leave(turn)
    effects.offer_menu(turn, brought_up(turn))


def brought_up(turn: Turn) -> Rich:
    """When what they left is brought up again; that it waits in the menu, where it is not."""
    days = bringing_back.in_days(turn.tx, turn.who.person, turn.now, turn.blueprint)
    return (
        turn.labels.say("back.again_in_days", days=days)
        if days
        else turn.labels.say("survey.later")
    )


def no_more(turn: Turn, argument: str) -> None:
    """What they left unfinished is never brought up again: it is over."""
    found = None
    if argument.isdecimal() and len(argument) <= LONGEST_NUMBER:
        found = conversations.find(turn.tx, turn.who.person, int(argument))
    if found is None or found[1] not in ("open", "parked") or found[0].flow not in BROUGHT_BACK:
        conversing.ask_again(turn, turn.labels.say("common.moved_on"))
        return
    talk, status = found
    conversations.close(turn.tx, talk, "dropped", turn.now)
    if status == "open":
        turn.who.talk = None
    turn.say(f"back.ended_{talk.flow}")
    conversing.carry_on(turn)


def cancel(turn: Turn, _argument: str) -> None:
    """Leave what is open. Before consent that means: nothing is kept."""
    talk = turn.who.talk
    if talk is None:
        effects.offer_menu(turn)
        return
    if talk.flow == "join":
        effects.declined(turn)
        return
    then = talk.params.get("then")
    parked = conversing.leave(turn)
    said = turn.labels.say("common.parked" if parked else "common.cancelled")
    if talk.flow.startswith(access.FLOWS):
        pages.menu_after(turn, said)
        return
    if not (then and conversing.resume(turn, int(then), said)):
        effects.offer_menu(turn, said)


def ask(turn: Turn, _argument: str) -> None:
    """A window to ask something in, where the platform has windows."""
    words, language = turn.labels.words, turn.who.language
    label = words.text("common.your_question", language)
    question = Field(ASK, Kind.TEXT, label, max_length=passing_on.LIMIT, required=True)
    form = Form(
        ref=ASK,
        title=turn.blueprint.programme.short_name[language],
        submit=words.text("common.button_send", language),
        cancel=words.text("common.button_close", language),
        fields=(question,),
    )
    asked = Message(turn.labels.say("common.ask_me"), language, form=form)
    if turn.can("form") and turn.incoming.trigger is not None:
        turn.window(asked)
    else:
        turn.send(turn.message(asked.text))


def form(turn: Turn, _argument: str) -> None:
    """The survey in one window, where the platform has windows."""
    forms.open_form(turn)


def _control(name: str) -> Command:
    return lambda turn, _argument: conversing.control(turn, name)


COMMANDS: Mapping[str, Command] = {
    "start": start,
    "register": register,
    "menu": menu,
    "help": help_,
    "about": about,
    "language": language,
    "privacy": privacy,
    "consents": consents,
    "mydata": mydata.mydata,
    "forget": forget,
    "stop": stop,
    "pause": pause,
    STOP: stopping.stop,
    AGREE: stopping.agree,
    "resume": resume,
    "profile": profile,
    "complete": complete,
    "surveys": surveys,
    "events": events.events_list,
    "event": events.event_card,
    "checkin": events.check_in,
    coming.COMMAND: coming.confirmed,
    coming.NOTHING: coming.nothing,
    changing.COMMAND: changing.confirmed,
    "mentor": mentoring.command,
    freshness.CONFIRM: fresh.confirm,
    freshness.VISIT: fresh.visit,
    "survey": survey,
    bringing_back.NO: no_more,
    "continue": continue_,
    "again": again,
    "later": later,
    "cancel": cancel,
    "form": form,
    ASK: ask,
    "link": linking.link,
    "staff": pages.command,
    "back": _control("back"),
    "skip": _control("skip"),
    "done": _control("done"),
}

BEFORE_CONSENT = frozenset(
    {"start", "register", "staff", "help", "about", "language", "privacy", "link", "cancel", "menu",
     "stop", "forget", "again", ASK,
     "event", "checkin", "mentor",
     "back", "skip", "done"}
)  # fmt: skip
"""What somebody who has not consented can use: nothing that stores more."""

REGISTERED_COMMANDS = (
    "start", "menu", "events", "mentor", "profile", "surveys", "pause", "language",
    "privacy", "mydata", "forget", "link", "help", "about", "back", "skip", "cancel",
)  # fmt: skip
"""Commands registered with the platforms, described by the templates ``command.NAME``."""
STAFF_COMMANDS = ("staff", *REGISTERED_COMMANDS)
GROUP_COMMANDS = ("start", "about")
"""Where a platform tells them apart: what staff see in their chats, and what stands in groups."""
