"""Rich text for a terminal."""

from __future__ import annotations

import re

from messages.message import Rich
from messages.rich import addressed, layout, visible

# Characters that turn the direction of writing: text could pose as other text.
_DIRECTION = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def text(rich: Rich) -> str:
    """Plain lines, links with their address; no control characters but newline and tab."""
    lines = layout(rich, lambda spans: "".join(addressed(span) for span in spans))
    return _DIRECTION.sub("", visible(lines))
