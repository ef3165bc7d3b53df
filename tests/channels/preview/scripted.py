"""A tiny bot behind the chat page: it knows a few words and remembers what it did."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.channels.preview.channel import PreviewChannel
from bot.incoming import (
    Attachment,
    Command,
    Contact,
    Edited,
    Incoming,
    Location,
    Press,
    Text,
)
from bot.outgoing import Action, Outgoing
from messages.message import (
    File,
    Kind,
    Link,
    Listing,
    Message,
    Option,
    Paragraph,
    Rich,
    Span,
    Widget,
)

SKILLS = (
    "Communication",
    "Working in a team",
    "Critical thinking",
    "Leading others",
    "Presenting",
    "Negotiating",
    "Managing time",
    "Solving problems",
    "Curiosity",
    "Empathy",
    "Resilience",
    "Creativity",
    "Intercultural awareness",
    "Giving feedback",
)
FORMATS = ("A TED-style talk", "Online mentoring", "A hands-on workshop")
LEVELS = (
    Option("like", "like", "Gladly"),
    Option("maybe", "maybe", "Perhaps"),
    Option("no", "no", "Not for me"),
)
CONTROLS = (Option("back", "!back", "Back"), Option("skip", "!skip", "Skip"))
DONE = Option("done", "!done", "Done")


def said(*paragraphs: str) -> Rich:
    return tuple(Paragraph((Span(text),)) for text in paragraphs)


def _options(labels: tuple[str, ...]) -> tuple[Option, ...]:
    return tuple(Option(f"o{n}", f"+o{n}", label) for n, label in enumerate(labels))


@dataclass
class ScriptedBot:
    """``effects`` is what was stored: (user, what); an event id counts once."""

    channel: PreviewChannel | None = None
    seen: set[str] = field(default_factory=set)
    effects: list[tuple[str, str]] = field(default_factory=list)
    events: list[Incoming] = field(default_factory=list)
    marks: dict[str, list[str]] = field(default_factory=dict)
    rated: dict[str, dict[str, str]] = field(default_factory=dict)
    page: dict[str, int] = field(default_factory=dict)
    broken: int = 0

    async def handle(self, incoming: Incoming) -> None:
        """As bot.incoming.Handle."""
        if self.broken:
            self.broken -= 1
            raise RuntimeError("the database is away")
        self.events.append(incoming)
        if incoming.event_id in self.seen:
            return
        self.seen.add(incoming.event_id)
        self.effects.append((incoming.user, _what(incoming)))
        await self._answer(incoming)

    async def say(self, incoming: Incoming, message: Message, *, edit: bool = False) -> str:
        assert self.channel is not None
        language = incoming.locale or "en"
        return await self.channel.send(
            Outgoing(
                Action.EDIT if edit else Action.SEND,
                incoming.chat,
                incoming.user,
                replace(message, language=language),
                target=incoming.message if edit else None,
            )
        )

    async def _answer(self, incoming: Incoming) -> None:
        match incoming.said:
            case Command("start", _):
                await self.say(incoming, START)
            case Command("mydata", _):
                file = File("my data.json", "application/json", '{"name": "Jana"}')
                await self.say(incoming, Message(said("Everything we hold."), file=file))
            case Text("skills" | "rank" as word):
                kind = Kind.MULTI if word == "skills" else Kind.RANK
                await self.say(incoming, self._many(incoming, kind))
            case Text("rating"):
                await self.say(incoming, self._rating(incoming))
            case Text(text):
                await self.say(incoming, Message(said("You said:", text)))
            case Press() as press:
                await self._pressed(incoming, press)
            case other:
                name = type(other).__name__
                await self.say(incoming, Message(said(f"Thank you for the {name}.")))

    async def _pressed(self, incoming: Incoming, press: Press) -> None:
        user, mark = incoming.user, press.press
        marks = self.marks.setdefault(user, [])
        if press.ref == "lives":
            label = {"=abroad": "Abroad", "=home": "In the country"}[mark]
            await self.say(incoming, Message(said("Where do you live?", f"✓ {label}")), edit=True)
            await self.say(incoming, Message(said("What's your name?"), widget=NAME))
        elif mark == "!done":
            done = Message(said(f"Noted: {', '.join(marks)}"))
            await self.say(incoming, done, edit=True)
        elif mark.startswith(">"):
            self.page[user] = int(mark[1:])
            await self.say(incoming, self._many(incoming, Kind(press.ref)), edit=True)
        elif press.ref == "rating" and mark[0] == "+":
            key, _, level = mark[1:].partition("~")
            self.rated.setdefault(user, {})[key] = level
            await self.say(incoming, self._rating(incoming), edit=True)
        elif mark[0] in "+-":
            if mark[0] == "+" and mark[1:] not in marks:
                marks.append(mark[1:])
            if mark[0] == "-" and mark[1:] in marks:
                marks.remove(mark[1:])
            await self.say(incoming, self._many(incoming, Kind(press.ref)), edit=True)
        else:
            await self.say(incoming, Message(said("That button is old.")))

    def _many(self, incoming: Incoming, kind: Kind) -> Message:
        marks = self.marks.setdefault(incoming.user, [])
        options = tuple(
            replace(
                option,
                press=("-" if option.key in marks else "+") + option.key,
                mark=_mark(kind, marks, option.key),
            )
            for option in _options(SKILLS)
        )
        widget = Widget(
            kind, kind.value, options, (*CONTROLS, DONE), page=self.page.get(incoming.user, 0)
        )
        question = "Which skills do you use most at work?"
        if kind is Kind.RANK:
            question = "Which three does your home region need most?"
        return Message(said(question, "Choose as many as you like."), widget=widget)

    def _rating(self, incoming: Incoming) -> Message:
        rated = self.rated.get(incoming.user, {})
        options = tuple(
            replace(option, mark=rated.get(option.key, "")) for option in _options(FORMATS)
        )
        widget = Widget(Kind.RATING, "rating", options, (*CONTROLS, DONE), levels=LEVELS)
        return Message(said("Which of these would you like to do?"), widget=widget)


def _mark(kind: Kind, marks: list[str], key: str) -> str:
    if key not in marks:
        return ""
    return str(marks.index(key) + 1) if kind is Kind.RANK else "on"


def _what(incoming: Incoming) -> str:
    match incoming.said:
        case Text(text) | Edited(text):
            return text
        case Command(name, argument):
            return f"/{name} {argument}".rstrip()
        case Press(ref, press):
            return f"{ref}:{press}"
        case Attachment(kind, _):
            return kind
        case Contact(own):
            return f"contact own={own}"
        case Location(latitude, longitude):
            return f"{latitude},{longitude}"
        case other:
            return type(other).__name__


START = Message(
    (
        Paragraph((Span("Hello! ", bold=True), Span("We keep in touch with people from home."))),
        Paragraph((Span("Registering takes three minutes. Afterwards you can:"),)),
        Listing(
            (
                (Span("mentor somebody"),),
                (Span("speak at an event"),),
                (Span("write "), Span("/forget", code=True), Span(" and be forgotten")),
            )
        ),
        Paragraph((Span("Where do you live?"),)),
    ),
    widget=Widget(
        Kind.CHOICE,
        "lives",
        (Option("home", "=home", "In the country"), Option("abroad", "=abroad", "Abroad")),
        (Option("cancel", "!cancel", "Cancel"),),
    ),
    links=(Link("About the project", "https://example.org/about"),),
)
NAME = Widget(Kind.TEXT, "name", controls=CONTROLS, placeholder="Your name")
