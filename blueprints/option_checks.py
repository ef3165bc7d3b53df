"""What holds of the answers of a fact and of a survey's question alike: the options to choose from,
and how long a typed one may be."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from blueprints.checks import unique
from blueprints.problems import Finding, Place, did_you_mean
from blueprints.raw import Raw, named_lists, options, tables

MOST_OPTIONS = 100  # Slack: options of a select; Telegram: buttons of a message
LONGEST_ANSWER = 3000  # Slack: plain text input of a window


def option_checks(
    raw: Raw,
    place: Place,
    asked: Raw,
    kind: str | None,
    chosen: Collection[str],
    fill: str,
    *,
    has_own: bool = False,
) -> Iterator[Finding]:
    """``asked`` is of a ``kind`` (None or "": an unknown one, told elsewhere), of which ``chosen``
    have options. ``fill`` says how to fill its list, ``{}`` in it; ``has_own``: without
    options it has the program's."""
    given, where = asked.get("options"), (*place, "options")
    if isinstance(given, str) and given not in named_lists(raw):
        yield Finding(where, f'there is no list "{given}"', did_you_mean(given, named_lists(raw)))
        return
    count = len(options(raw, asked))
    if kind in chosen and isinstance(given, str) and count < 2:
        message = f'the list "{given}" has {count} of the 2 options needed'
        yield Finding(where, message, fill.format(given))
    elif kind in chosen and count < 2 and not (has_own and given is None):
        remedy = 'Give at least two: [{ key = …, label = … }, …], or name a list like "skills".'
        yield Finding(where if given else place, f"{kind} needs options", remedy)
    elif kind in chosen and count > MOST_OPTIONS:
        yield Finding(where, f"has {count} options", f"At most {MOST_OPTIONS} can be shown.")
    elif kind and kind not in chosen and given:
        yield Finding(where, f"{kind} has no options", "Remove them or change the kind.")
    yield from unique(tables(given, *where))
