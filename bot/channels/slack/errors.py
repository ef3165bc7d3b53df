"""What Slack's refusals and broken connections mean to whoever sends or starts.

SlackError
├── SlackSetupError    a setting or the app's configuration is wrong; the message says which
└── SlackUnavailable   Slack could not be reached
"""

from __future__ import annotations

from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import BadToken, Unavailable
from bot.outgoing import NotSent, Refusing, Rejected, SendError, TooFast, Unknown, Unreachable

# https://docs.slack.dev/reference/methods/chat.postMessage and …/conversations.open
GONE = frozenset(
    {
        "cannot_dm_bot",
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
    }
)
# Not this message's fault: it can go out once the app is in order again.
ACCOUNT = frozenset(
    {
        "access_denied",
        "accesslimited",
        "account_inactive",
        "ekm_access_denied",
        "invalid_auth",
        "messages_tab_disabled",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_added_to_org",
        "token_expired",
        "token_revoked",
    }
)
BUSY = frozenset({"request_timeout", "service_unavailable", "team_access_not_granted"})
# "It's possible some aspect of the operation succeeded before the error was raised."
UNSURE = frozenset({"fatal_error", "internal_error"})
TOO_FAST = frozenset({"rate_limited", "ratelimited", "message_limit_exceeded"})
# chat.update cannot help any more, a new message can.
NOT_EDITABLE = frozenset(
    {"cant_update_message", "channel_not_found", "edit_window_closed", "message_not_found"}
)
RETRY_AFTER = 30.0  # where Slack doesn't say

NETWORK = (aiohttp.ClientError, TimeoutError, OSError)


class SlackError(Exception):
    """Slack cannot be used."""


class SlackSetupError(SlackError, BadToken):
    """A setting is wrong; the message names it and says what to do."""


class SlackUnavailable(SlackError, Unavailable):
    """Slack could not be reached, or did not answer."""


def code(error: SlackApiError) -> str:
    """Slack's word for what is wrong, "" when its answer was no answer."""
    data = getattr(error.response, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def status(error: SlackApiError) -> int:
    response = error.response
    found = getattr(response, "status_code", None) or getattr(response, "status", 0)
    return found if isinstance(found, int) else 0


def send_error(error: BaseException) -> SendError:
    """What came of a call that raised ``error``, in the dispatcher's words."""
    if isinstance(error, SendError):
        return error
    if isinstance(error, SlackApiError):
        return _refusal(error)
    if isinstance(error, SlackClientError):
        return NotSent("Slack did not take the file")
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return NotSent("no connection to Slack")
    return Unknown(f"Slack's answer was lost ({type(error).__name__})")


def _refusal(error: SlackApiError) -> SendError:
    word, number = code(error), status(error)
    if number == 429 or word in TOO_FAST:
        # Limits of chat.postMessage hold for a channel, others for a method: nobody else waits.
        return TooFast(_retry_after(error))
    if word in GONE:
        return Unreachable(f"Slack: {word}")
    if word in ACCOUNT:
        return Refusing(f"Slack refuses the app ({word}); `domov check` says what to do")
    if word in BUSY or number == 503:
        return NotSent(f"Slack is busy ({word or number})")
    if word in UNSURE or not word:
        return Unknown(f"Slack failed ({word or number})")
    return Rejected(f"Slack: {word}{_details(error)}")


def picture_not_ready(error: SlackApiError) -> bool:
    """An image block names a file that Slack has not looked at yet."""
    return code(error) == "invalid_blocks" and "slack_file" in _details(error).replace(" ", "_")


def _retry_after(error: SlackApiError) -> float:
    headers: Any = getattr(error.response, "headers", None) or {}
    try:
        return max(1.0, float(headers.get("Retry-After", RETRY_AFTER)))
    except ValueError:
        return RETRY_AFTER


def _details(error: SlackApiError) -> str:
    """Where in the blocks the mistake is; never the blocks themselves."""
    messages = error.response.data.get("response_metadata", {}).get("messages", [])
    return f" ({'; '.join(str(m)[:200] for m in messages[:3])})" if messages else ""
