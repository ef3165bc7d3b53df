"""What is written into action ids, so that a press says what it belongs to."""

from __future__ import annotations

SET = "set"  # "set:REF": the element holds all the options that are chosen
PRESS = "press"
PICK = "pick"
LINK = "link"
SEARCH = "search"  # "search:country:sk": a menu whose options are looked up


def make_id(kind: str, rest: object) -> str:
    """An action id; Slack takes 255 characters."""
    return f"{kind}:{rest}"


def split_id(action_id: str) -> tuple[str, str]:
    """Kind and rest of an action id; ("", "") when it is not one of ours."""
    kind, colon, rest = action_id.partition(":")
    return (kind, rest) if colon else ("", "")
