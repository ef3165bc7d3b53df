"""A member of the workspace, driven like a person: a test reads as a transcript."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from tests.fakes.slack import payloads
from tests.fakes.slack.blockkit import check_view
from tests.fakes.slack.check import Json
from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.modals import Filled, fill
from tests.fakes.slack.seen import Control, controls, drawn, same_label, ticked
from tests.fakes.slack.shared import message_json, view_json, with_ids
from tests.fakes.slack.state import BOT_USER, Person, Posted, View
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from tests.fakes.slack.server import SlackServer

T = TypeVar("T")
Place: TypeAlias = Literal["chat", "home", "window", "whisper"]


class FakeUser:
    """Every action returns the :class:`Delivery` that carries it to the app and does not wait
    for it; what needs something on the screen waits up to ``patience`` seconds for it."""

    def __init__(self, server: SlackServer, person: Person) -> None:
        self.server = server
        self.person = person
        self.patience = PATIENCE
        self.modal_errors: dict[str, str] = {}
        self.troubles: list[str] = []
        self._mark = 0

    # what the person sees

    @property
    def id(self) -> str:
        return self.person.id

    @property
    def chat(self) -> str:
        return self.server.workspace.chat_of(self.id)

    @property
    def messages(self) -> list[Posted]:
        """The chat, oldest first, with edits applied."""
        chat = self.server.workspace.messages[self.chat]
        return [chat[ts] for ts in sorted(chat, key=float)]

    @property
    def replies(self) -> list[Posted]:
        """The bot's messages, oldest first."""
        return [m for m in self.messages if m.by_bot]

    @property
    def home(self) -> View | None:
        return self.server.workspace.homes.get(self.id)

    @property
    def modals(self) -> list[View]:
        return self.server.workspace.modals.get(self.id, [])

    def transcript(self) -> str:
        """The chat as text, a paragraph a message, controls in brackets."""
        rows = []
        for message in self.messages:
            who = "bot" if message.by_bot else self.person.name
            files = "".join(f" <file {f.get('name')}>" for f in message.files)
            rows.append(f"{who}: {drawn(message.text, message.blocks)}{files}")
        return "\n\n".join(rows)

    def screen(self) -> str:
        """The bot's newest message as text."""
        return drawn(self.replies[-1].text, self.replies[-1].blocks) if self.replies else ""

    async def expect(self, *texts: str, within: float | None = None) -> str:
        """Wait until all of ``texts`` stand in one message, home page or modal that appeared or
        changed since the last thing the person did. Returns it as text."""

        def found() -> str | None:
            fresh = [m for m in (*self.replies, *self.whispers) if m.seq > self._mark]
            drawings = [drawn(m.text, m.blocks) for m in reversed(fresh)]
            views = [*self.modals, *([self.home] if self.home else [])]
            drawings += [drawn("", v.view["blocks"]) for v in views if v.seq > self._mark]
            return next((d for d in drawings if all(t in d for t in texts)), None)

        return await self._until(found, f"the bot to say {texts!r}", within)

    async def expect_modal(self, title: str = "", within: float | None = None) -> View:
        """Wait for an open modal (with this title)."""

        def found() -> View | None:
            top = self.modals[-1] if self.modals else None
            return top if top and title in top.view["title"]["text"] else None

        return await self._until(found, f"a modal {title!r}", within)

    async def expect_file(self, name: str = "", within: float | None = None) -> str:
        """Wait for a file in the chat; its text."""

        def found() -> str | None:
            for upload in self.server.workspace.uploads.values():
                if upload.channel == self.chat and name in upload.name and upload.data is not None:
                    return upload.data.decode()
            return None

        return await self._until(found, f"a file {name!r}", within)

    async def _until(self, look: Callable[[], T | None], what: str, within: float | None) -> T:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + (self.patience if within is None else within)
        while (seen := look()) is None:
            left = deadline - loop.time()
            if left <= 0:
                raise AssertionError(f"waited for {what}; the chat is:\n{self.transcript()}")
            async with self.server.changed:
                try:
                    await asyncio.wait_for(self.server.changed.wait(), min(left, 0.5))
                except TimeoutError:
                    continue
        return seen

    # what the person does

    def _acted(self) -> None:
        self._mark = self.server.workspace.seq

    def _event(self, inner: Json) -> Delivery:
        return self.server.post.deliver("events_api", payloads.event(self.server, inner))

    @property
    def whispers(self) -> list[Posted]:
        """What they alone see in channels, oldest first."""
        return self.server.workspace.whispers.get(self.id, [])

    async def mention(self, channel: str, text: str, thread: str = "") -> Delivery:
        """Speak to the bot in a channel, or in a thread there."""
        said = f"<@{BOT_USER}> {text}"
        message = self.server.workspace.post(channel, self.id, said, thread=thread)
        self._acted()
        inner = {**message_json(message), "type": "app_mention", "channel": channel}
        if thread:
            inner["thread_ts"] = thread
        return self._event(inner)

    async def invite_bot(self, channel: str) -> Delivery:
        """Bring the bot into a channel."""
        self.server.workspace.channels[channel] = True
        self._acted()
        return self._event(
            {
                "type": "member_joined_channel",
                "user": BOT_USER,
                "channel": channel,
                "channel_type": "C",
                "inviter": self.id,
            }
        )

    async def shortcut(self, callback: str, message: Posted | None = None) -> Delivery:
        """A global shortcut, or one on a message."""
        self._acted()
        body = payloads.shortcut(self.server, self.person, callback, message)
        return self.server.post.deliver("interactive", body)

    async def look_for(self, label: str, typed: str) -> list[str]:
        """Type into a menu of the open window whose options the app knows: what it offers."""
        modal = await self.expect_modal()
        control = next(c for c in controls(modal.view["blocks"]) if c.label == label)
        at = {"block_id": control.block_id, "action_id": control.element["action_id"]}
        body = payloads.block_suggestion(self.server, self.person, modal, typed, at)
        delivery = await self.server.post.deliver("interactive", body).done()
        offered = list((delivery.answer or {}).get("options") or [])
        modal.offered[control.block_id] = offered
        return [str(option["text"]["text"]) for option in offered]

    async def send(self, text: str, thread: str = "") -> Delivery:
        """Type a message into the chat with the bot, or into a thread of it."""
        message = self.server.workspace.post(self.chat, self.id, text, thread=thread)
        self._acted()
        return self._event(payloads.message_event(message))

    async def upload(
        self, name: str = "me.jpg", mimetype: str = "image/jpeg", caption: str = ""
    ) -> Delivery:
        """Share a file, a photo, a voice clip."""
        shared = {"id": f"F{self.server.workspace.number()}", "name": name, "mimetype": mimetype}
        if mimetype.startswith("audio/"):
            shared["subtype"] = "slack_audio"
        message = self.server.workspace.post(self.chat, self.id, caption, files=[shared])
        self._acted()
        return self._event(payloads.message_event(message))

    async def edit(self, text: str, message: Posted | None = None) -> Delivery:
        """Change one's own last message (or the given one)."""
        message = message or next(m for m in reversed(self.messages) if not m.by_bot)
        before = message_json(message)
        message.text, message.edited = text, True
        message.seq = self.server.workspace.next_seq()
        self._acted()
        return self._event(payloads.changed_event(message, before))

    async def open_home(self) -> Delivery:
        return self._open("home")

    async def open_chat(self) -> Delivery:
        return self._open("messages")

    def _open(self, tab: str) -> Delivery:
        inner: Json = {"type": "app_home_opened", "user": self.id, "channel": self.chat, "tab": tab}
        if self.home is not None and tab == "home":
            inner["view"] = view_json(self.home)
        self._acted()
        return self._event(inner)

    async def command(
        self, command: str = "/domov", text: str = "", channel: str | None = None
    ) -> Delivery:
        """Type a slash command, here or in another ``channel``."""
        body = payloads.slash_command(self.server, self.person, command, text, channel or self.chat)
        self._acted()
        return self.server.post.deliver("slash_commands", body)

    async def press(
        self, label: str, *, on: Place = "chat", message: Posted | None = None
    ) -> Delivery:
        """Press the newest button with this label."""
        where, control = await self._find(
            lambda c: c.kind == "button" and same_label(c.label, label), f"[{label}]", on, message
        )
        keep = ("type", "action_id", "text", "value", "url", "style")
        action = {k: v for k, v in control.element.items() if k in keep}
        return self._act(where, control, action)

    async def tick(self, *labels: str, on: Place = "chat") -> Delivery:
        """Tick (or untick) checkboxes one after the other; the last one's delivery."""
        for label in labels:
            where, control = await self._find(
                lambda c, x=label: c.kind == "checkboxes" and c.option(x) is not None,  # type: ignore[misc]
                f"☐ {label}",
                on,
            )
            chosen, option = ticked(where.state, control), control.option(label)
            assert option is not None
            after = [o for o in chosen if o != option] if option in chosen else [*chosen, option]
            in_order = [o for o in control.options if o in after]
            delivery = self._choose(where, control, {"selected_options": in_order})
        return delivery

    async def more(self, label: str, *, on: Place = "chat", beside: str = "") -> Delivery:
        """Pick what stands behind "⋮"."""
        where, control = await self._find(
            lambda c: c.kind == "overflow" and beside in c.beside and c.option(label) is not None,
            f"⋮ {label}",
            on,
        )
        option = control.option(label)
        action = {**control.element, "selected_option": option}
        action.pop("options")
        return self._act(where, control, action)

    async def choose(self, label: str, *, beside: str = "", on: Place = "chat") -> Delivery:
        """Pick one option of a select menu or of radio buttons (``beside`` a text)."""
        where, control = await self._find(
            lambda c: (
                c.kind in ("static_select", "radio_buttons")
                and beside in c.beside
                and c.option(label) is not None
            ),
            f"a menu with {label!r}",
            on,
        )
        return self._choose(where, control, {"selected_option": control.option(label)})

    async def multi(self, *labels: str, on: Place = "chat") -> Delivery:
        """Leave exactly these options chosen in a multi-select menu, in this order."""
        where, control = await self._find(
            lambda c: c.kind == "multi_static_select" and all(c.option(x) for x in labels),
            f"a menu with {labels!r}",
            on,
        )
        most = control.element.get("max_selected_items", len(labels))
        assert len(labels) <= most, f"only {most} may be chosen"
        return self._choose(
            where, control, {"selected_options": [control.option(x) for x in labels]}
        )

    async def _find(
        self,
        wanted: Callable[[Control], bool],
        what: str,
        on: Place,
        message: Posted | None = None,
    ) -> tuple[Posted | View, Control]:
        def found() -> tuple[Posted | View, Control] | None:
            places: Sequence[Posted | View] = list(reversed(self.replies))
            if message is not None:
                places = [message]
            elif on == "home":
                places = [self.home] if self.home is not None else []
            elif on == "window":
                places = self.modals[-1:]
            elif on == "whisper":
                places = list(reversed(self.whispers))
            for place in places:
                blocks = place.blocks if isinstance(place, Posted) else place.view["blocks"]
                for control in controls(blocks):
                    if wanted(control):
                        return place, control
            return None

        return await self._until(found, what, None)

    def _choose(self, where: Posted | View, control: Control, value: Json) -> Delivery:
        state = {"type": control.kind, **value}
        where.state.setdefault(control.block_id, {})[str(control.element["action_id"])] = state
        return self._act(where, control, {"action_id": control.element["action_id"], **state})

    def _act(self, where: Posted | View, control: Control, action: Json) -> Delivery:
        message = where if isinstance(where, Posted) else None
        view = where if isinstance(where, View) else None
        action = {**action, "block_id": control.block_id}
        self._acted()
        body = payloads.block_actions(self.server, self.person, action, message=message, view=view)
        return self.server.post.deliver("interactive", body)

    async def submit_modal(self, values: Mapping[str, Filled] | None = None) -> Delivery:
        """Fill in the top window by its labels and send it; waits for the answer.

        Afterwards the window is closed, or shows ``modal_errors``; when the app did not answer
        in time, Slack's "trouble connecting" is in ``troubles`` and the window stays.
        """
        modal = await self.expect_modal()
        fill(modal, values or {})
        self._acted()
        body = payloads.view_submission(self.server, self.person, modal)
        delivery = await self.server.post.deliver("interactive", body).done()
        self._answered(modal, delivery)
        return delivery

    def _answered(self, modal: View, delivery: Delivery) -> None:
        if not delivery.acknowledged:
            self.troubles.append("We had some trouble connecting. Try again?")
            return
        answer = delivery.answer or {}
        match answer.get("response_action"):
            case "errors":
                self.modal_errors = dict(answer["errors"])
            case "clear":
                self.modals.clear()
            case "update":
                view = check_view(answer["view"])
                blocks = with_ids(view["blocks"], self.server.workspace)
                modal.view, modal.state = {**view, "blocks": blocks}, {}
                modal.seq = self.server.workspace.next_seq()
            case None:
                self.modals.remove(modal)

    async def close_modal(self) -> None:
        """Close the top window without sending it."""
        self.modals.remove(await self.expect_modal())
