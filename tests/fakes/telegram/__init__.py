"""A local Bot API server and people who use it. See :mod:`tests.fakes.telegram.server`."""

from tests.fakes.telegram.bots import Call
from tests.fakes.telegram.chat import Button, Document, Shown
from tests.fakes.telegram.faults import Fault, Trouble
from tests.fakes.telegram.limits import RateLimits
from tests.fakes.telegram.server import TOKEN, TelegramServer
from tests.fakes.telegram.user import MEDIA, User

__all__ = [
    "MEDIA",
    "TOKEN",
    "Button",
    "Call",
    "Document",
    "Fault",
    "RateLimits",
    "Shown",
    "TelegramServer",
    "Trouble",
    "User",
]
