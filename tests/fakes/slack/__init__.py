"""A strict Slack on 127.0.0.1 and people who use it.

::

    async with SlackServer() as server:
        ana = server.user("U1", locale="sl-SI", tz="Europe/Ljubljana")
        await ana.send("hi")
        await ana.expect("Welcome")
"""

from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.errors import Refused
from tests.fakes.slack.faults import Fault, Faults
from tests.fakes.slack.server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackServer
from tests.fakes.slack.user import FakeUser

__all__ = [
    "APP_TOKEN",
    "BOT_TOKEN",
    "SIGNING_SECRET",
    "Delivery",
    "FakeUser",
    "Fault",
    "Faults",
    "Refused",
    "SlackServer",
]
