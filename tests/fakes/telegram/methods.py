"""The methods this server plays. Each takes the bot and checked parameters, gives the result."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any, TypeAlias

from tests.fakes.telegram import clock
from tests.fakes.telegram.bots import Bot, Webhook
from tests.fakes.telegram.chat import Chat, Document, Shown
from tests.fakes.telegram.content import CAPTION_UNITS, inline_rows, message_text
from tests.fakes.telegram.errors import bad, forbidden
from tests.fakes.telegram.markup import units
from tests.fakes.telegram.schema import Upload

Params: TypeAlias = dict[str, Any]
Method: TypeAlias = Callable[[Bot, Params], Any]

_COMMAND_NAME = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}|")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_OPTIONS = ("link_preview_options", "disable_notification", "protect_content", "parse_mode")
TEXT_LIMITS = {"Name": 64, "Description": 512, "ShortDescription": 120}
_FIELDS = {"Name": "name", "Description": "description", "ShortDescription": "short_description"}


def _chat(bot: Bot, params: Params) -> Chat:
    """The chat to write to.

    Raises:
        ApiError: 400 never heard of, or never wrote to the bot; 403 blocked or deactivated.
    """
    try:
        chat = bot.chats.get(int(params["chat_id"]))
    except (KeyError, ValueError):
        chat = None
    if chat is None or not chat.open:
        raise bad("chat not found")
    if chat.deactivated:
        raise forbidden("user is deactivated")
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    return chat


def _post(bot: Bot, chat: Chat, params: Params, **content: Any) -> Any:
    """Store a new message of the bot's and show it."""
    markup = params.get("reply_markup")
    rows = inline_rows(markup)
    if bot.rate_limits:
        bot.rate_limits.check(chat.id)
    message = bot.new_message(chat, by_bot=True)
    for name, value in content.items():
        setattr(message, name, value)
    message.rows = rows
    message.options = {name: params[name] for name in _OPTIONS if name in params}
    if markup and not rows:
        message.keyboard = "reply"
    chat.happened(message)
    return bot.message_json(message)


def send_message(bot: Bot, params: Params) -> Any:
    if "text" not in params:
        raise bad("message text is empty")
    chat = _chat(bot, params)
    text, entities = message_text(params)
    return _post(bot, chat, params, text=text, html=params["text"], entities=entities)


PHOTO_BYTES, FILE_BYTES = 10 * 1024 * 1024, 50 * 1024 * 1024


def _file(bot: Bot, given: Any, limit: int) -> Document:
    """A file that is sent: uploaded, or one that the server has, by its id."""
    if not isinstance(given, Upload):
        known = bot.files.get(str(given))
        if known is None:
            raise bad("wrong file identifier/HTTP URL specified")
        return known
    if not given.content:
        raise bad("file must be non-empty")
    if len(given.content) > limit:
        raise bad("Request Entity Too Large")
    document = Document(given.name, given.media_type, given.content)
    bot.files[f"file-{document.sha}"] = document
    return document


def send_document(bot: Bot, params: Params) -> Any:
    chat = _chat(bot, params)
    document = _file(bot, params["document"], FILE_BYTES)
    text, entities = message_text(params, "caption", CAPTION_UNITS)
    html = params.get("caption", "")
    return _post(bot, chat, params, text=text, html=html, entities=entities, document=document)


def send_photo(bot: Bot, params: Params) -> Any:
    chat = _chat(bot, params)
    photo = _file(bot, params["photo"], PHOTO_BYTES)
    if not photo.content.startswith((b"\x89PNG", b"\xff\xd8", b"RIFF")):
        raise bad("IMAGE_PROCESS_FAILED")
    text, entities = message_text(params, "caption", CAPTION_UNITS)
    html = params.get("caption", "")
    return _post(bot, chat, params, text=text, html=html, entities=entities, photo=photo)


def _own_message(bot: Bot, params: Params, what: str) -> tuple[Chat, Shown]:
    if "inline_message_id" in params or "message_id" not in params:
        raise bad("message identifier is not specified")
    chat = _chat(bot, params)
    message = chat.messages.get(params["message_id"])
    if message is None or message.deleted:
        raise bad(f"message to {what} not found")
    if what == "edit" and (not message.by_bot or message.keyboard):
        raise bad("message can't be edited")
    return chat, message


def _not_modified() -> Exception:
    return bad(
        "message is not modified: specified new message content and reply markup are exactly "
        "the same as a current content and reply markup of the message"
    )


def edit_message_text(bot: Bot, params: Params) -> Any:
    if "text" not in params:
        raise bad("message text is empty")
    chat, message = _own_message(bot, params, "edit")
    if message.document or message.photo:
        raise bad("there is no text in the message to edit")
    return _edited(bot, chat, message, params, "text", message_text(params))


def edit_message_caption(bot: Bot, params: Params) -> Any:
    chat, message = _own_message(bot, params, "edit")
    if not (message.document or message.photo):
        raise bad("there is no caption in the message to edit")
    content = message_text(params, "caption", CAPTION_UNITS)
    return _edited(bot, chat, message, params, "caption", content)


def _edited(bot: Bot, chat: Chat, message: Shown, params: Params, field: str, content: Any) -> Any:
    text, entities = content
    rows = inline_rows(params.get("reply_markup"))
    if (text, entities, rows) == (message.text, message.entities, message.rows):
        raise _not_modified()
    if bot.rate_limits:
        bot.rate_limits.check(chat.id)
    message.text, message.entities, message.rows = text, entities, rows
    message.html = params.get(field, "")
    message.edits += 1
    chat.happened(message)
    return bot.message_json(message)


def edit_message_reply_markup(bot: Bot, params: Params) -> Any:
    chat, message = _own_message(bot, params, "edit")
    rows = inline_rows(params.get("reply_markup"))
    if rows == message.rows:
        raise _not_modified()
    message.rows = rows
    message.edits += 1
    chat.happened(message)
    return bot.message_json(message)


def delete_message(bot: Bot, params: Params) -> Any:
    chat, message = _own_message(bot, params, "delete")
    message.deleted = True
    del chat.messages[message.id]
    chat.happened(message)
    return True


def send_chat_action(bot: Bot, params: Params) -> Any:
    _chat(bot, params)
    return True


def answer_callback_query(bot: Bot, params: Params) -> Any:
    query = bot.queries.get(params["callback_query_id"])
    late = query is None or clock.now() - query.pressed > bot.query_lifetime
    if query is None or late or query.answer is not None:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if units(params.get("text", "")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    query.answer = params
    return True


def get_me(bot: Bot, params: Params) -> Any:
    return {
        **bot.json(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_chat(bot: Bot, params: Params) -> Any:
    chat = _chat(bot, params)
    return {**chat.json(), "accent_color_id": 0, "max_reaction_count": 11}


def set_webhook(bot: Bot, params: Params) -> Any:
    url = params["url"]
    connections = params.get("max_connections", 40)
    secret = params.get("secret_token")
    if not 1 <= connections <= 100:
        raise bad("max_connections must be between 1 and 100")
    if secret is not None and not _SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    if url and not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        # a local Bot API server takes plain HTTP too:
        # https://core.telegram.org/bots/api#using-a-local-bot-api-server
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    bot.updates.allow(params.get("allowed_updates"))
    if params.get("drop_pending_updates"):
        bot.updates.pending.clear()
    bot.webhook = Webhook(url, secret, connections) if url else None
    bot.updates.poll += 1  # a waiting getUpdates is terminated
    bot.updates.arrived.set()
    return True


def delete_webhook(bot: Bot, params: Params) -> Any:
    if params.get("drop_pending_updates"):
        bot.updates.pending.clear()
    bot.webhook = None
    return True


def get_webhook_info(bot: Bot, params: Params) -> Any:
    info: dict[str, Any] = {
        "url": bot.webhook.url if bot.webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(bot.updates.pending),
    }
    if bot.webhook:
        info["max_connections"] = bot.webhook.max_connections
        if bot.webhook.last_error:
            info["last_error_message"] = bot.webhook.last_error
            info["last_error_date"] = int(time.time())
    if bot.updates.allowed:
        info["allowed_updates"] = sorted(bot.updates.allowed)
    return info


def _language(params: Params) -> str:
    language = str(params.get("language_code", ""))
    if not _LANGUAGE.fullmatch(language):
        raise bad("invalid language code specified")
    return language


def _scope(params: Params) -> tuple[str, str]:
    scope = params.get("scope") or {"type": "default"}
    rest = ":".join(str(value) for key, value in sorted(scope.items()) if key != "type")
    return f"{scope['type']}:{rest}", _language(params)


def set_my_commands(bot: Bot, params: Params) -> Any:
    commands = params["commands"]
    if len(commands) > 100:
        raise bad("too many commands specified")
    for command in commands:
        if not _COMMAND_NAME.fullmatch(command["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= units(command["description"]) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    bot.commands[_scope(params)] = commands
    return True


def get_my_commands(bot: Bot, params: Params) -> Any:
    return bot.commands.get(_scope(params), [])


def delete_my_commands(bot: Bot, params: Params) -> Any:
    bot.commands.pop(_scope(params), None)
    return True


def set_chat_menu_button(bot: Bot, params: Params) -> Any:
    bot.menu_button = params.get("menu_button", {"type": "default"})
    return True


def get_chat_menu_button(bot: Bot, params: Params) -> Any:
    return bot.menu_button


def _set_text(what: str) -> Method:
    def method(bot: Bot, params: Params) -> Any:
        text = params.get(_FIELDS[what], "")
        if units(text) > TEXT_LIMITS[what]:
            raise bad(f"{_FIELDS[what]} is too long")
        bot.texts[what, _language(params)] = text
        return True

    return method


def _get_text(what: str) -> Method:
    def method(bot: Bot, params: Params) -> Any:
        fallback = bot.texts.get((what, ""), bot.name if what == "Name" else "")
        return {_FIELDS[what]: bot.texts.get((what, _language(params)), fallback)}

    return method


METHODS: dict[str, Method] = {
    "answerCallbackQuery": answer_callback_query,
    "deleteMessage": delete_message,
    "deleteMyCommands": delete_my_commands,
    "deleteWebhook": delete_webhook,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "editMessageText": edit_message_text,
    "getChat": get_chat,
    "getChatMenuButton": get_chat_menu_button,
    "getMe": get_me,
    "getMyCommands": get_my_commands,
    "getWebhookInfo": get_webhook_info,
    "sendChatAction": send_chat_action,
    "sendDocument": send_document,
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "setChatMenuButton": set_chat_menu_button,
    "setMyCommands": set_my_commands,
    "setWebhook": set_webhook,
    **{f"setMy{what}": _set_text(what) for what in TEXT_LIMITS},
    **{f"getMy{what}": _get_text(what) for what in TEXT_LIMITS},
}
