"""Labels that must be short: buttons, options, titles."""

from __future__ import annotations

import unicodedata

from messages.rich import visible

SLACK_LABEL = 75  # button and option text, https://docs.slack.dev/reference/block-kit
SLACK_TITLE = 24  # of a modal
_JOINER = "\u200d"


def fit(label: str, limit: int = SLACK_LABEL) -> str:
    """``label`` as one line of at most ``limit`` characters, shortened with "…" where it must be.

    Never leaves half of a letter with its accent, or of a joined emoji.
    """
    line = " ".join(visible(label).split())
    if len(line) <= limit:
        return line
    end = max(limit - 1, 0)
    while end > 0 and _continues(line[end], line[end - 1]):
        end -= 1
    return line[:end].rstrip() + "…"


def shortened(label: str, limit: int) -> str:
    """As :func:`fit`, but cut between words where there is a place for it."""
    cut = fit(label, limit)
    whole = " ".join(visible(label).split())
    if len(whole) <= limit or whole[len(cut) - 1 : len(cut)] == " ":
        return cut
    words, blank, _ = cut.rpartition(" ")
    return f"{words.rstrip(' ,;:-–')}…" if blank and len(words) > limit // 3 else cut


def _continues(character: str, before: str) -> bool:
    """Whether ``character`` belongs to the one before it."""
    return (
        unicodedata.category(character) in {"Mn", "Me", "Mc"}
        or _JOINER in (character, before)
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
    )
