"""The other of a pair: who they are to the reader, and how they can be reached.

Whose name and contacts are shown when is the caller's to decide: nobody's before both said yes.
"""

from __future__ import annotations

from collections.abc import Iterable

from blueprints.schema import Blueprint
from messages import rich
from messages.message import Listing, Paragraph, Rich
from messages.words import Words
from storage.mentoring.parties import Party as Other
from storage.mentoring.parties import parties as others

__all__ = ["CONTACTS", "Other", "contacts", "lines", "others", "zone"]

CONTACTS = ("email", "linkedin", "chat")


def zone(other: Other, blueprint: Blueprint) -> str:
    """Their time zone (IANA), or their organisation's."""
    return other.timezone or blueprint.zone(other.organisation)


def contacts(other: Other) -> dict[str, str]:
    """The kinds of contact by which the reader could reach them, and what is shown of each: a
    chat only with a name on Telegram, or in a workspace of Slack that both are in."""
    chat = f"@{other.telegram}" if other.telegram else "Slack" if other.slack else ""
    known = {"email": other.email or "", "linkedin": other.linkedin or "", "chat": chat}
    return {kind: shown for kind, shown in known.items() if shown}


def lines(other: Other, agreed: Iterable[str], words: Words, language: str) -> Rich:
    """The contacts that they agreed to share, as a list; nothing where there is none."""
    said: list[Rich] = []
    shared = frozenset(agreed)
    if "email" in shared and other.email:
        said.append(words.rich("match.contact_email", language, email=other.email))
    if "linkedin" in shared and other.linkedin:
        said.append(words.rich("match.contact_linkedin", language, linkedin=other.linkedin))
    if "chat" in shared and other.telegram:
        said.append(words.rich("match.contact_telegram", language, username=other.telegram))
    if "chat" in shared and other.slack:
        team, member = other.slack
        name = other.name or member
        said.append(
            words.rich("match.contact_slack", language, team=team, member=member, name=name)
        )
    blocks = [block for block in rich.concat(*said) if isinstance(block, Paragraph)]
    return (Listing(tuple(block.spans for block in blocks)),) if blocks else ()
