"""What a turn says elsewhere than in the chat: gathered into one window, or one message.

Whoever presses something on their page looks at that page, and whoever asks in a channel at that
channel: the answer comes there, whatever it is. Words that a question wants are typed in the
window.
"""

from __future__ import annotations

from dataclasses import replace

from bot.outgoing import Action, Outgoing
from bot.turn.context import Turn
from messages import rich
from messages.message import Field, Form, Kind, Look, Message, Panel

SAY = "say"
"""The ref of a window that holds messages, and the key of its field: what is sent in is said."""
TYPED = frozenset({Kind.TEXT, Kind.CHOICE})


def gather(turn: Turn) -> None:
    """Put the new messages of a turn that was no word in the chat into one. Files go to the chat,
    as do messages beside a window that opens."""
    if turn.incoming.where == "chat":
        return
    kept, said = [], list[Message]()
    opens = any(out.action is Action.FORM for out in turn.out)
    for index, out in enumerate(turn.out):
        here = out.action is Action.SEND and index not in turn.aloud
        if here and out.message.file is None and not opens:
            said.append(out.message)
        else:
            kept.append(_for_chat(turn, index, out, opens=opens))
    turn.unledgered = {number for number, (index, _) in enumerate(kept) if index in turn.unledgered}
    turn.variants.clear()
    turn.out = [out for _, out in kept]
    if not said and any(out.message.file is not None for out in turn.out):
        said.append(turn.message(turn.labels.say("common.in_the_chat")))
    if said:
        turn.unledgered.add(len(turn.out))
        incoming = turn.incoming
        turn.out.append(
            Outgoing(
                Action.SEND, incoming.chat, incoming.user, page(turn, said),
                trigger=incoming.trigger, place=incoming.place,
            )
        )  # fmt: skip


def _for_chat(turn: Turn, index: int, out: Outgoing, *, opens: bool) -> tuple[int, Outgoing]:
    aloud = index in turn.aloud
    if out.action is Action.SEND and not aloud and (opens or out.message.file is not None):
        return index, replace(out, place=None)
    return index, out


def page(turn: Turn, messages: list[Message]) -> Message:
    """Messages below each other as one page, with a window around it."""
    panels: list[Panel] = []
    for message in messages:
        if panels:
            panels.append(Panel(look=Look.RULE))
        if message.panels:
            panels += message.panels
        else:
            panels.append(Panel(message.text, widget=message.widget, links=message.links))
    language = messages[-1].language
    words = turn.labels.words
    form = Form(
        ref=SAY,
        title=turn.blueprint.programme.short_name[language],
        submit=words.text("common.button_send", language),
        cancel=words.text("common.button_close", language),
        fields=_typed(turn, messages[-1]),
    )
    text = rich.concat(*(message.text for message in messages))
    return Message(text, language, messages[-1].widget, form=form, panels=tuple(panels))


def _typed(turn: Turn, message: Message) -> tuple[Field, ...]:
    """Where to type the answer to an open question."""
    widget, talk = message.widget, turn.who.talk
    if widget is None or talk is None or "." not in widget.ref or widget.kind not in TYPED:
        return ()
    label = turn.labels.words.text("common.your_answer", message.language)
    needed = widget.kind is Kind.TEXT
    return (Field(SAY, Kind.TEXT, label, hint=widget.placeholder, required=needed),)
