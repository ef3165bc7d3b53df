"""Are the tokens right? Said in the words of the settings they come from."""

from __future__ import annotations

from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack.errors import (
    ACCOUNT,
    NETWORK,
    SlackError,
    SlackSetupError,
    SlackUnavailable,
    code,
)
from bot.outgoing import TooFast

# What the calls in sender.py and people.py and the events need; slack-manifest.yaml asks for them.
SCOPES = frozenset(
    {"chat:write", "commands", "files:write", "im:history", "im:write", "users:read"}
)
# Without them nobody can say before a post whether the bot is in a channel (public, private), and
# the bot hears nothing of who mentions it, or of being brought into a channel.
WISHED = frozenset({"app_mentions:read", "channels:read", "groups:read"})
EVENTS = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "member_joined_channel",
        "message.im",
        "tokens_revoked",
    }
)
CHANNEL_PAGES = 20  # of a thousand channels
APP_SCOPE = "connections:write"


async def check_bot_token(client: AsyncWebClient) -> dict[str, Any]:
    """auth.test's answer. Raises SlackSetupError or SlackUnavailable."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        raise _meaning(error, "SLACK_BOT_TOKEN", 'the "Bot User OAuth Token" (xoxb-…)') from None
    except (TooFast, *NETWORK) as error:
        raise SlackUnavailable(f"Slack cannot be reached ({type(error).__name__})") from None
    granted = answer.headers.get("X-OAuth-Scopes")
    missing = SCOPES - {s.strip() for s in granted.split(",")} if granted is not None else set()
    if missing:
        raise SlackSetupError(
            f"SLACK_BOT_TOKEN: the app lacks the scopes {', '.join(sorted(missing))}; install it "
            "again with slack-manifest.yaml"
        )
    if not answer.get("bot_id"):
        raise SlackSetupError("SLACK_BOT_TOKEN: this is a person's token; take the bot's (xoxb-…)")
    return dict(answer.data) if isinstance(answer.data, dict) else {}


async def in_channel(client: AsyncWebClient, channel: str) -> bool | None:
    """Whether the bot is in this channel; None when Slack doesn't tell. A private channel that it
    is not in is none for it.

    https://docs.slack.dev/reference/methods/conversations.info
    """
    try:
        answer = await client.conversations_info(channel=channel)
    except SlackApiError as error:
        return False if code(error) == "channel_not_found" else None
    except (TooFast, *NETWORK):
        return None
    return bool((answer.get("channel") or {}).get("is_member"))


async def find_channel(client: AsyncWebClient, name: str) -> str | None:
    """The id of the channel of this name, with or without "#"; None where there is none that the
    bot can see. Raises SlackUnavailable.

    https://docs.slack.dev/reference/methods/conversations.list
    """
    wanted, cursor = name.removeprefix("#"), ""
    for _ in range(CHANNEL_PAGES):
        try:
            page = await client.conversations_list(
                types="public_channel,private_channel", exclude_archived=True, limit=1000,
                cursor=cursor or None,
            )  # fmt: skip
        except (SlackApiError, TooFast, *NETWORK) as error:
            why = code(error) if isinstance(error, SlackApiError) else type(error).__name__
            raise SlackUnavailable(f"Slack did not say which channel {name} is ({why})") from None
        for channel in page.get("channels") or []:
            if channel.get("name") == wanted:
                return str(channel["id"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            break
    return None


def app_token_error(error: SlackApiError) -> SlackError:
    """What is wrong when apps.connections.open refuses."""
    what = f'the "App-Level Token" (xapp-…) with the scope {APP_SCOPE}'
    return _meaning(error, "SLACK_APP_TOKEN", what)


def _meaning(error: SlackApiError, setting: str, what: str) -> SlackError:
    word = code(error)
    if word == "not_allowed_token_type":
        return SlackSetupError(f"{setting}: a token of another kind; it must be {what}")
    if word in ACCOUNT:
        return SlackSetupError(f"{setting}: Slack refuses the token ({word}); it must be {what}")
    return SlackUnavailable(f"Slack did not answer {setting} ({word or 'no answer'})")
