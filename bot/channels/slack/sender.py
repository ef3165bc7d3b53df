"""Sends what the dispatcher hands over. One call to Slack after the other, none repeated."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack import errors, forms, outbound
from bot.channels.slack.outbound import Part
from bot.channels.slack.people import People
from bot.outgoing import Action, Outgoing, Rejected, SendError, Unreachable
from messages.message import File

HISTORY_PAGES = 3
HISTORY_PAGE = 100
STARTED = 1000  # deliveries whose first parts are out, remembered until the rest is


class SlackSender:
    """``send`` as in :class:`bot.outgoing.Sender`; a message's id is "channel:ts"."""

    def __init__(self, client: AsyncWebClient, people: People) -> None:
        self._client = client
        self._people = people
        # delivery -> ids of its parts that were sent before one failed
        self._started: dict[int, list[str]] = {}

    async def send(self, outgoing: Outgoing) -> str:
        """Do it; the id of the (last) message. Raises a SendError."""
        ways: dict[Action, Callable[[Outgoing], Awaitable[str]]] = {
            Action.SEND: self._send,
            Action.EDIT: self._edit,
            Action.FORM: self._form,
            Action.HOME: self._home,
        }
        try:
            return await ways[outgoing.action](outgoing)
        except SendError:
            raise
        except SlackApiError as error:
            raise await self._told_apart(error) from error
        except (SlackClientError, *errors.NETWORK) as error:
            raise errors.send_error(error) from error

    async def _told_apart(self, error: SlackApiError) -> SendError:
        """``account_inactive`` may mean the app's account or the person's."""
        if errors.code(error) == "account_inactive":
            try:
                await self._client.auth_test()
                return Unreachable("Slack: the person's account is deactivated")
            except (SlackApiError, *errors.NETWORK):
                pass
        return errors.send_error(error)

    async def _send(self, outgoing: Outgoing) -> str:
        return await self._post(outgoing, outbound.parts(outgoing.message))

    async def _edit(self, outgoing: Outgoing) -> str:
        """Change the message; what doesn't fit follows it. Editing twice does no harm, so the
        message keeps the metadata of the delivery that created it."""
        channel, _, ts = (outgoing.target or "").partition(":")
        parts = outbound.parts(outgoing.message)
        if not (channel and ts and parts):
            return await self._post(outgoing, parts)
        try:
            await self._client.chat_update(channel=channel, ts=ts, **parts[0].arguments())
        except SlackApiError as error:
            if errors.code(error) in errors.NOT_EDITABLE:
                return await self._post(outgoing, parts)
            raise
        rest = parts[1:]
        if rest or outgoing.message.file:
            return await self._post(outgoing, rest) or f"{channel}:{ts}"
        return f"{channel}:{ts}"

    async def _post(self, outgoing: Outgoing, parts: list[Part]) -> str:
        """Post the parts and the file. When one fails, the next try goes on with it."""
        done = self._started.pop(outgoing.delivery, []) if outgoing.delivery else []
        try:
            for number in range(len(done), len(parts)):
                last = number == len(parts) - 1
                done.append(await self._post_part(outgoing, parts[number], last=last))
            if outgoing.message.file is not None:
                await self._upload(outgoing, outgoing.message.file)
        except BaseException:
            self._remember(outgoing.delivery, done)
            raise
        return done[-1] if done else ""

    def _remember(self, delivery: int, done: list[str]) -> None:
        if delivery and done:
            self._started[delivery] = done
            if len(self._started) > STARTED:
                del self._started[next(iter(self._started))]

    async def _post_part(self, outgoing: Outgoing, part: Part, *, last: bool) -> str:
        more: dict[str, Any] = {}
        if outgoing.delivery > 0 and last:
            more["metadata"] = outbound.metadata(outgoing.delivery)
        answer = await self._client.chat_postMessage(
            channel=outgoing.chat or outgoing.user,
            mrkdwn=False,
            unfurl_links=False,
            unfurl_media=False,
            **part.arguments(),
            **more,
        )
        self._people.met(outgoing.user, str(answer["channel"]))
        return f"{answer['channel']}:{answer['ts']}"

    async def _upload(self, outgoing: Outgoing, file: File) -> None:
        channel = await self.direct(outgoing.chat or outgoing.user)
        await self._client.files_upload_v2(
            channel=channel, content=file.text, filename=file.name, title=file.name
        )

    async def _form(self, outgoing: Outgoing) -> str:
        form = outgoing.message.form
        if form is None or not outgoing.trigger:
            raise Rejected("a form and a trigger are needed to open a window")
        view = forms.modal(form, outgoing.message.text)
        await self._client.views_open(trigger_id=outgoing.trigger, view=view)
        return ""

    async def _home(self, outgoing: Outgoing) -> str:
        view = outbound.home(outgoing.message)
        await self._client.views_publish(user_id=outgoing.user, view=view)
        return ""

    async def direct(self, chat: str) -> str:
        """The D… channel of a person's id; files and history know no other."""
        if not chat.startswith(("U", "W")):
            return chat
        known = self._people.chat(chat)
        if known is None:
            answer = await self._client.conversations_open(users=chat)
            known = str(answer["channel"]["id"])
            self._people.met(chat, known)
        return known

    async def settle(self, chat: str, delivery_id: int) -> bool | None:
        """Whether the message of a SEND whose answer was lost is there; None: can't tell now."""
        try:
            channel, cursor = await self.direct(chat), ""
            for _ in range(HISTORY_PAGES):
                page = await self._client.conversations_history(
                    channel=channel,
                    include_all_metadata=True,
                    limit=HISTORY_PAGE,
                    cursor=cursor or None,
                )
                if any(outbound.delivery_of(m) == delivery_id for m in page.get("messages") or []):
                    return True
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    break
        except (SlackApiError, *errors.NETWORK):
            return None
        return False
