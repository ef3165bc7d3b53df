"""A person with a phone: writes, presses buttons, waits for what the bot does."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from tests.fakes.telegram.bots import Bot
from tests.fakes.telegram.chat import Button, Chat, Shown
from tests.fakes.telegram.content import commands_in
from tests.waiting import PATIENCE, idle

if TYPE_CHECKING:
    from tests.fakes.telegram.server import TelegramServer

_FILE = {"file_id": "f", "file_unique_id": "u", "file_size": 1000}
MEDIA: dict[str, Any] = {
    "photo": [{**_FILE, "width": 90, "height": 60}, {**_FILE, "width": 900, "height": 600}],
    "voice": {**_FILE, "duration": 3},
    "video": {**_FILE, "width": 320, "height": 200, "duration": 3},
    "video_note": {**_FILE, "length": 240, "duration": 3},
    "audio": {**_FILE, "duration": 3},
    "animation": {**_FILE, "width": 320, "height": 200, "duration": 3},
    "document": {**_FILE, "file_name": "cv.pdf"},
    "sticker": {
        **_FILE,
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
        "emoji": "👍",
    },
    "dice": {"emoji": "🎲", "value": 4},
    "poll": {
        "id": "1",
        "question": "?",
        "options": [{"text": "a", "voter_count": 0, "persistent_id": "1"}],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": False,
        "members_only": False,
    },
}


class User:
    """One person in a private chat with one bot. Every action is an update for the bot."""

    def __init__(self, server: TelegramServer, bot: Bot, person: dict[str, Any]) -> None:
        self.server = server
        self.bot = bot
        self.person = person
        self._chat = bot.chats.setdefault(person["id"], Chat(person))
        self._chat.person = person

    @property
    def id(self) -> int:
        return int(self.person["id"])

    @property
    def chat(self) -> list[Shown]:
        """Everything in the chat window now, oldest first (deleted messages are gone)."""
        return list(self._chat.messages.values())

    @property
    def last(self) -> Shown:
        """The newest message of the bot's."""
        return [message for message in self.chat if message.by_bot][-1]

    @property
    def transcript(self) -> str:
        return "\n".join(map(str, self.chat))

    # ---- writing ----

    def open(self) -> None:
        """As if the person had written before: the bot may write to this chat."""
        self._chat.open = True

    async def send(self, text: str) -> Shown:
        """Type ``text`` and send it."""
        return await self._say(
            text, {"entities": entities} if (entities := commands_in(text)) else {}
        )

    async def send_media(self, kind: str, caption: str = "") -> Shown:
        """A photo, voice, video, sticker, document, poll, dice, … (:data:`MEDIA`)."""
        extra = {kind: MEDIA[kind]} | ({"caption": caption} if caption else {})
        return await self._say("", extra)

    async def send_photo(self, caption: str = "") -> Shown:
        return await self.send_media("photo", caption)

    async def send_sticker(self) -> Shown:
        return await self.send_media("sticker")

    async def send_voice(self) -> Shown:
        return await self.send_media("voice")

    async def send_document(self, caption: str = "") -> Shown:
        return await self.send_media("document", caption)

    async def send_location(self, latitude: float = 48.72, longitude: float = 21.26) -> Shown:
        return await self._say("", {"location": {"latitude": latitude, "longitude": longitude}})

    async def send_contact(self, *, own: bool = True, phone: str = "+421900123456") -> Shown:
        """Share one's own contact, or somebody else's."""
        contact = {"phone_number": phone, "first_name": self.person["first_name"]}
        whose = self.id if own else self.id + 1
        return await self._say("", {"contact": {**contact, "user_id": whose}})

    async def _say(self, text: str, extra: dict[str, Any]) -> Shown:
        self._chat.open = True
        message = self.bot.new_message(self._chat, by_bot=False, text=text)
        message.extra = extra
        self._push("message", self.bot.message_json(message))
        return message

    async def edit(self, message: Shown, text: str) -> None:
        """Change an own earlier message."""
        assert not message.by_bot, "a person can't edit the bot's message"
        message.text = text
        message.edits += 1
        self._push("edited_message", self.bot.message_json(message))

    # ---- pressing ----

    def keyboard(self) -> Shown:
        """The newest message with an inline keyboard."""
        for message in reversed(self.chat):
            if message.rows:
                return message
        raise AssertionError(f"nothing to press in this chat:\n{self.transcript}")

    async def press(self, label: str, on: Shown | None = None) -> str:
        """Press the button with this label (or that begins with it, or contains it) on the
        newest keyboard or on the message given; the query's id."""
        message = on or self.keyboard()
        button = message.find(label)
        assert button, f"no button {label!r}; there are {message.buttons}:\n{self.transcript}"
        return await self.press_button(message, button)

    async def press_button(self, message: Shown, button: Button) -> str:
        assert button.data is not None, f"{button.text!r} only opens {button.url}"
        return await self.press_data(message, button.data)

    async def press_data(self, message: Shown, data: str) -> str:
        """A press with any data, as a modified client could send it; the query's id."""
        query = self.bot.new_query()
        content = {
            "id": query,
            "from": self.person,
            "message": self.bot.message_json(message),
            "chat_instance": str(self.id),
            "data": data,
        }
        self._push("callback_query", content)
        return query

    def answer_to(self, query: str) -> dict[str, Any] | None:
        """What answerCallbackQuery said to this press; None while it has not come."""
        return self.bot.queries[query].answer

    # ---- the chat as a whole ----

    async def block(self) -> None:
        """Stop and block the bot: writing to this person gives 403 from now on."""
        self._chat.blocked = True
        self._membership("member", "kicked")

    async def unblock(self) -> None:
        self._chat.blocked = False
        self._membership("kicked", "member")

    def deactivate(self) -> None:
        """The account is deleted; the bot hears nothing of it but 403."""
        self._chat.deactivated = True

    def _membership(self, before: str, after: str) -> None:
        def member(status: str) -> dict[str, Any]:
            until = {"until_date": 0} if status == "kicked" else {}
            return {"status": status, "user": self.bot.json(), **until}

        content = {
            "chat": self._chat.json(),
            "from": self.person,
            "date": int(time.time()),
            "old_chat_member": member(before),
            "new_chat_member": member(after),
        }
        self._push("my_chat_member", content)

    def _push(self, kind: str, content: dict[str, Any]) -> None:
        self.server.push(kind, content, bot=self.bot, sender=self.id)

    # ---- reading ----

    async def expect(self, within: float = PATIENCE) -> Shown:
        """The next thing the bot does here: a new message or a changed one, as it is then.

        Raises:
            AssertionError: nothing came within ``within`` seconds; shows the transcript.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        while not self._chat.news:
            self._chat.changed.clear()
            try:
                await asyncio.wait_for(self._chat.changed.wait(), max(0.0, end - loop.time()))
            except TimeoutError:
                raise AssertionError(
                    f"the bot said nothing in {within:g} s; so far:\n{self.transcript}"
                ) from None
        return self._chat.news.popleft()

    async def expect_nothing(self) -> None:
        """Raises AssertionError when the bot has done something that was not expected yet."""
        await idle()
        assert not self._chat.news, f"unexpected: {self._chat.news[0]}"
