"""aiogram 3 with its state machine, the state stored in SQLite at each step.

The storage writes on the event loop through the standard library's sqlite3: a thread a statement
(aiosqlite) costs more than the statement. WAL and synchronous=NORMAL, as ours.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import Mapping
from typing import Any

import orjson
import uvloop
from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bench.peers import story
from bench.peers.story import Question


class SqliteStorage(BaseStorage):
    """State and data of each chat, each write committed."""

    def __init__(self, path: str) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS fsm (chat INTEGER, user INTEGER, state TEXT,"
            " data TEXT NOT NULL DEFAULT '{}', PRIMARY KEY (chat, user)) WITHOUT ROWID"
        )

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        value = state.state if isinstance(state, State) else state
        self._db.execute(
            "INSERT INTO fsm (chat, user, state) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET state = excluded.state",
            (key.chat_id, key.user_id, value),
        )

    async def get_state(self, key: StorageKey) -> str | None:
        row = self._db.execute(
            "SELECT state FROM fsm WHERE chat = ? AND user = ?", (key.chat_id, key.user_id)
        ).fetchone()
        return row[0] if row else None

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        self._db.execute(
            "INSERT INTO fsm (chat, user, data) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET data = excluded.data",
            (key.chat_id, key.user_id, orjson.dumps(data).decode()),
        )

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        row = self._db.execute(
            "SELECT data FROM fsm WHERE chat = ? AND user = ?", (key.chat_id, key.user_id)
        ).fetchone()
        return orjson.loads(row[0]) if row else {}

    async def close(self) -> None:
        self._db.close()


Registration = type(
    "Registration", (StatesGroup,), {question.key: State() for question in story.STORY}
)


def keyboard(rows: list[list[tuple[str, str]]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=label, callback_data=data) for data, label in row]
            for row in rows
        ]
    )


async def ask(
    message: Message, state: FSMContext, question: Question | None, answers: dict[str, Any]
) -> None:
    """Send the next question and remember that it is open."""
    if question is None:
        await state.set_state(None)
        await message.answer(story.THE_END, reply_markup=keyboard(story.LAST_BUTTONS))
        return
    await state.set_state(getattr(Registration, question.key))
    await message.answer(
        story.words(question, answers),
        reply_markup=keyboard(story.buttons(question)),
        parse_mode="HTML",
    )


def register(router: Router, question: Question) -> None:
    """The two handlers of a question."""
    here = StateFilter(getattr(Registration, question.key))

    @router.message(here, F.text)
    async def typed(message: Message, state: FSMContext) -> None:
        if not story.accepts(question, message.text):
            await message.answer("That can't be it; please try again.")
            return
        answers = await state.update_data({question.key: message.text})
        await ask(message, state, story.after(question.key), answers)

    @router.callback_query(here)
    async def pressed(query: CallbackQuery, state: FSMContext) -> None:
        await query.answer()
        answers = await state.get_data()
        if question.kind == "multi" and query.data != "done":
            marks = answers.get(question.key, [])
            marks.remove(query.data) if query.data in marks else marks.append(query.data)
            await state.update_data({question.key: marks})
            rows = story.buttons(question, marks)
            await query.message.edit_reply_markup(reply_markup=keyboard(rows))
            return
        if question.kind == "choice":
            answers = await state.update_data({question.key: query.data})
        if story.EDITS:
            answer = str(answers.get(question.key, query.data))
            await query.message.edit_text(story.settled(question, answer), parse_mode="HTML")
        await ask(query.message, state, story.after(question.key), answers)


async def start(message: Message, state: FSMContext) -> None:
    await state.set_data({})
    await ask(message, state, story.STORY[0], {})


async def main() -> None:
    url, token, file = sys.argv[1:4]
    session = AiohttpSession(api=TelegramAPIServer.from_base(url))
    dispatcher = Dispatcher(storage=SqliteStorage(file))
    dispatcher.message.register(start, CommandStart())
    for question in story.STORY:
        register(dispatcher, question)
    bot = Bot(token, session=session)
    await dispatcher.start_polling(bot, allowed_updates=["message", "callback_query"])


if __name__ == "__main__":
    loop = uvloop if sys.platform != "win32" else asyncio
    loop.run(main())
