"""python-telegram-bot: ConversationHandler with PicklePersistence, settings as they come."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)
from telegram.warnings import PTBUserWarning

from bench.peers import story
from bench.peers.story import Question

Context = ContextTypes.DEFAULT_TYPE
Handler = Callable[[Update, Context], Any]


def keyboard(rows: list[list[tuple[str, str]]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=data) for data, label in row] for row in rows]
    )


async def ask(update: Update, context: Context, question: Question | None) -> int:
    """Send the next question; the new state."""
    chat = update.effective_chat
    if question is None:
        await chat.send_message(story.THE_END, reply_markup=keyboard(story.LAST_BUTTONS))
        return ConversationHandler.END
    await chat.send_message(
        story.words(question, context.user_data),
        reply_markup=keyboard(story.buttons(question)),
        parse_mode="HTML",
    )
    return story.KEYS.index(question.key)


async def start(update: Update, context: Context) -> int:
    context.user_data.clear()
    return await ask(update, context, story.STORY[0])


def typed(question: Question) -> Handler:
    async def handle(update: Update, context: Context) -> int | None:
        text = update.message.text
        if not story.accepts(question, text):
            await update.message.reply_text("That can't be it; please try again.")
            return None
        context.user_data[question.key] = text
        return await ask(update, context, story.after(question.key))

    return handle


def pressed(question: Question) -> Handler:
    async def handle(update: Update, context: Context) -> int | None:
        query = update.callback_query
        await query.answer()
        answers = context.user_data
        if question.kind == "multi" and query.data != "done":
            marks = answers.setdefault(question.key, [])
            marks.remove(query.data) if query.data in marks else marks.append(query.data)
            await query.edit_message_reply_markup(keyboard(story.buttons(question, marks)))
            return None
        if question.kind == "choice":
            answers[question.key] = query.data
        if story.EDITS:
            answer = str(answers.get(question.key, query.data))
            await query.edit_message_text(story.settled(question, answer), parse_mode="HTML")
        return await ask(update, context, story.after(question.key))

    return handle


def main() -> None:
    url, token, file = sys.argv[1:4]
    warnings.filterwarnings("ignore", category=PTBUserWarning)
    states: dict[object, list[Any]] = {
        number: [
            CallbackQueryHandler(pressed(question)),
            MessageHandler(filters.TEXT & ~filters.COMMAND, typed(question)),
        ]
        for number, question in enumerate(story.STORY)
    }
    conversation = ConversationHandler(
        entry_points=[CommandHandler("start", start)],
        states=states,
        fallbacks=[CommandHandler("start", start)],
        name="registration",
        persistent=True,
    )
    application = (
        Application.builder()
        .token(token)
        .base_url(f"{url}/bot")
        .persistence(PicklePersistence(file))
        .build()
    )
    application.add_handler(conversation)
    application.run_polling(allowed_updates=["message", "callback_query"])


if __name__ == "__main__":
    if os.environ.get("PEER_UVLOOP", "1") == "1":
        import uvloop

        uvloop.install()
    main()
