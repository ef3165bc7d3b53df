"""One workspace in memory: people, their chats with the bot, messages, windows, files."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from tests.fakes.slack.check import Json
from tests.fakes.slack.errors import Refused

TEAM = "T0DOMOV"
APP = "A0DOMOV"
BOT_USER = "U0DOMOVBOT"
BOT_ID = "B0DOMOV"

TRIGGER_SECONDS = 3.0  # https://docs.slack.dev/interactivity/handling-user-interaction
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5
MODAL_STACK = 3


@dataclass
class Person:
    """A member of the workspace, as ``users.info`` knows them."""

    id: str
    locale: str = "en-GB"
    tz: str = "Europe/London"
    name: str = ""
    is_bot: bool = False
    deleted: bool = False
    real_name: str = ""


@dataclass
class Posted:
    """A message in a chat; ``seq`` grows with every post and edit in the workspace."""

    channel: str
    ts: str
    author: str  # a user id
    text: str
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    files: list[Json] = field(default_factory=list)
    edited: bool = False
    thread: str = ""  # the ts of the message that it replies to
    seen_by: str = ""  # the one person who sees it (ephemeral); "": everybody there
    seq: int = 0
    # what the person has ticked or chosen and not sent: block_id -> action_id -> value
    state: dict[str, dict[str, Json]] = field(default_factory=dict)

    @property
    def by_bot(self) -> bool:
        return self.author == BOT_USER


@dataclass
class View:
    """An open modal or a home page."""

    id: str
    user: str
    view: Json
    hash: str
    seq: int = 0
    state: dict[str, dict[str, Json]] = field(default_factory=dict)
    offered: dict[str, list[Json]] = field(default_factory=dict)  # block_id -> options looked up


@dataclass
class Upload:
    id: str
    name: str
    length: int
    data: bytes | None = None
    channel: str | None = None
    title: str = ""
    looked_at: int = 0  # how often it is refused in a message because Slack has not seen it yet


@dataclass
class Trigger:
    user: str
    made: float
    used: bool = False


@dataclass
class ResponseUrl:
    channel: str
    ts: str | None
    made: float
    user: str = ""
    uses: int = 0


class Workspace:
    """What is there, and the few rules that hold between the things."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.people: dict[str, Person] = {}
        self.chats: dict[str, str] = {}  # user -> D…
        self.messages: dict[str, dict[str, Posted]] = {}  # channel -> ts -> message
        self.channels: dict[str, bool] = {}  # C… -> whether the bot is in it
        self.channel_names: dict[str, str] = {}
        self.picture_delay = 0  # see Upload.looked_at
        self.whispers: dict[str, list[Posted]] = {}  # user -> what they alone see in channels
        self.homes: dict[str, View] = {}
        self.modals: dict[str, list[View]] = {}  # user -> stack, the top last
        self.uploads: dict[str, Upload] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self._numbers = count(1)
        self.seq = 0

    def number(self) -> int:
        return next(self._numbers)

    def next_seq(self) -> int:
        self.seq += 1
        return self.seq

    def ts(self) -> str:
        """A message's time and id, never twice the same."""
        return f"{int(self.clock())}.{self.number():06d}"

    def chat_of(self, user: str) -> str:
        """The D… channel between the person and the bot, opened when it isn't yet."""
        if user not in self.people:
            raise Refused("user_not_found")
        if user not in self.chats:
            channel = f"D{user.removeprefix('U')}X{self.number()}"
            self.chats[user] = channel
            self.messages[channel] = {}
        return self.chats[user]

    def channel(self, name: str = "", *, invited: bool = True) -> str:
        """A public channel; the bot may post into it when it was invited."""
        made = f"C{self.number():07d}"
        self.channel_names[made] = name or made.lower()
        self.channels[made] = invited
        self.messages[made] = {}
        return made

    def user_of(self, channel: str) -> str:
        for user, chat in self.chats.items():
            if chat == channel:
                return user
        raise Refused("channel_not_found")

    def post(self, channel: str, author: str, text: str, **more: object) -> Posted:
        message = Posted(channel, self.ts(), author, text, seq=self.next_seq(), **more)  # type: ignore[arg-type]  # the caller names fields of Posted
        self.messages[channel][message.ts] = message
        return message

    def trigger(self, user: str) -> str:
        made = f"{self.number()}.{int(self.clock() * 1000)}.{user.lower()}"
        self.triggers[made] = Trigger(user, self.clock())
        return made

    def use_trigger(self, trigger_id: object) -> str:
        """The person it belongs to; once, and within three seconds."""
        trigger = self.triggers.get(str(trigger_id))
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self.clock() - trigger.made > TRIGGER_SECONDS:
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def respond_to(self, channel: str, ts: str | None, user: str = "") -> str:
        """A new response_url's key."""
        key = f"R{self.number()}"
        self.response_urls[key] = ResponseUrl(channel, ts, self.clock(), user)
        return key

    def whisper(
        self, channel: str, user: str, text: str, blocks: list[Json], thread: str = ""
    ) -> Posted:
        """A message that one person alone sees; in no history."""
        message = Posted(
            channel,
            self.ts(),
            BOT_USER,
            text,
            blocks,
            seen_by=user,
            seq=self.next_seq(),
            thread=thread,
        )
        self.whispers.setdefault(user, []).append(message)
        return message

    def use_response_url(self, key: str) -> ResponseUrl:
        url = self.response_urls.get(key)
        if url is None or self.clock() - url.made > RESPONSE_URL_SECONDS:
            raise Refused("expired_url")
        if url.uses >= RESPONSE_URL_USES:
            raise Refused("used_url")
        url.uses += 1
        return url

    def view(self, user: str, view: Json) -> View:
        number = self.number()
        return View(f"V{number}", user, view, f"{number}.h", seq=self.next_seq())

    def find_modal(self, view_id: object, external_id: object) -> View:
        for stack in self.modals.values():
            for open_view in stack:
                external = open_view.view.get("external_id")
                if open_view.id == view_id or (external_id and external == external_id):
                    return open_view
        raise Refused("not_found")
