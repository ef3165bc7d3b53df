"""Messages and the page as HTML. Everything a person or the bot wrote passes Jinja2's escaping."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.channels.preview import drawn, emblem, keys
from bot.channels.preview.access import Refusal
from bot.incoming import Attachment, Command, Contact, Edited, Location, Said, Text
from messages.cldr import capitalised
from messages.message import Message, Rich
from messages.templating import Compiled

HERE = Path(__file__).parent
STATIC_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
SHOWN = 20_000  # characters of one message that the page shows

Html = Callable[[Rich], Markup]


class Words(Protocol):
    """What the page needs of :class:`messages.words.Words`."""

    def text(self, key: str, language: str, /, **values: str | int) -> str: ...

    def own_name(self, language: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Starter:
    """A pretend person offered ready-made. ``persona`` is "expat" or "local", just a label."""

    name: str
    language: str
    persona: str


STARTERS = (
    Starter("Jana, Boston", "sk", "expat"),
    Starter("Matej, Berlin", "sl", "expat"),
    Starter("Eva", "sk", "local"),
    Starter("Luka", "sl", "local"),
    Starter("Alex, Vienna", "en", "expat"),
)


@dataclass(frozen=True, slots=True)
class Site:
    """What the blueprint says about the page: ``name`` and ``funding`` by language."""

    name: Mapping[str, str]
    funding: Mapping[str, str]
    languages: Sequence[str] = ("en", "sk", "sl")
    starters: Sequence[Starter] = STARTERS

    def language(self, wanted: str | None) -> str | None:
        """``wanted`` ("sk", "sk-SK") where the page speaks it."""
        code = (wanted or "").partition("-")[0].lower()
        return code if code in self.languages else None


@dataclass(frozen=True, slots=True)
class Static:
    """The page's own files, read once. ``stamp`` changes with their content."""

    files: Mapping[str, tuple[bytes, str]]
    stamp: str

    @classmethod
    def load(cls) -> Static:
        """Read the folder ``static``."""
        paths = sorted((HERE / "static").iterdir())
        files = {
            path.name: (path.read_bytes(), STATIC_TYPES[path.suffix])
            for path in paths
            if path.suffix in STATIC_TYPES
        }
        stamp = sha256(b"".join(content for content, _ in files.values())).hexdigest()[:12]
        return cls(files, stamp)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=Compiled(__file__),
        auto_reload=False,
    )
    environment.globals["emblem"] = {
        "width": emblem.WIDTH,
        "height": emblem.HEIGHT,
        "blue": emblem.BLUE,
        "yellow": emblem.YELLOW,
        "stars": emblem.stars(),
    }
    environment.globals |= {"emoji": drawn.PATHS, "emoji_ids": drawn.IDS}
    environment.filters["drawn"] = drawn.drawn
    return environment


@dataclass(frozen=True, slots=True)
class Renderer:
    """Turns messages and pages into HTML. ``html`` is :func:`messages.web.html`; the page's own
    words are the area "preview"."""

    words: Words
    html: Html
    site: Site
    static: Static = field(default_factory=Static.load)
    _templates: Environment = field(default_factory=_environment)

    def bubble(
        self, message: Message, file_url: str | None = None, picture_url: str | None = None
    ) -> str:
        """What the bot said, with its buttons."""
        board = keys.board(message.widget) if message.widget else None
        return self._render(
            "bubble.html.j2",
            message.language,
            text=self.html(message.text),
            board=board,
            links=message.links,
            file=message.file,
            file_url=file_url,
            picture=message.picture,
            picture_url=picture_url,
        )

    def mine(self, said: Said, language: str) -> str:
        """What the person said; "" for what leaves no bubble (a button)."""
        if isinstance(said, Text | Edited):
            return self._mine(language, text=said.text)
        if isinstance(said, Command):
            return self._mine(language, text=f"/{said.name} {said.argument}".rstrip())
        if isinstance(said, Attachment):
            return self._mine(language, text=said.caption, kind=said.kind)
        if isinstance(said, Contact):
            return self._mine(language, kind="contact_own" if said.own else "contact_other")
        if isinstance(said, Location):
            place = f"{said.latitude:.4f}, {said.longitude:.4f}"
            return self._mine(language, text=place, kind="location")
        return ""

    def page(self, language: str) -> str:
        """The chat page, its own words in ``language``."""
        names = {code: capitalised(self.words.own_name(code)) for code in self.site.languages}
        starters = [one for one in self.site.starters if one.language in names]
        return self._render("page.html.j2", language, languages=names, starters=starters)

    def refusal(self, refusal: Refusal, language: str) -> str:
        """The page for somebody who may not chat here."""
        return self._render("refusal.html.j2", language, refusal=refusal.value)

    def _mine(self, language: str, text: str = "", kind: str = "") -> str:
        cut = text if len(text) <= SHOWN else text[:SHOWN] + "…"
        editable = bool(text) and not kind
        return self._render("mine.html.j2", language, text=cut, kind=kind, editable=editable)

    def _render(self, template: str, language: str, **values: object) -> str:
        known = self.site.language(language) or self.site.languages[0]

        def text(name: str, /, **named: str | int) -> str:
            return self.words.text(f"preview.{name}", known, **named)

        return self._templates.get_template(template).render(
            values, t=text, language=known, site=self.site, stamp=self.static.stamp
        )
