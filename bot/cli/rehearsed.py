"""A rehearsal in a few counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bot.cli.progress import Progress
from outreach.rehearsal import Entry, Failure


@dataclass(slots=True)
class Summary:
    """What a rehearsal came to, in a few counts."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    missing: Counter[tuple[str, str]] = field(default_factory=Counter)

    def of(self, entries: Iterable[Entry], told: Progress) -> Iterator[Entry]:
        """The same entries, counted as they pass."""
        for done, entry in enumerate(entries, start=1):
            self._add(entry)
            told(done)
            yield entry

    def _add(self, entry: Entry) -> None:
        self.outcomes[entry.outcome, entry.reason] += 1
        if entry.outcome == "sent":
            pairs = entry.about.startswith(("match:", "request:"))
            self.kinds["mentoring" if pairs else entry.about, entry.kind] += 1
            self.channels[entry.channel] += 1
            self.languages[entry.language] += 1
            if entry.missing:
                self.missing[entry.about, entry.missing] += 1

    def lines(self, end: datetime, people: int, failures: list[Failure]) -> Iterator[str]:
        """To be read by staff."""
        sent = self.channels.total()
        yield f"Until {end:%Y-%m-%d %H:%M %Z}: {sent:,} messages to {people:,} people"
        if sent:
            yield f"  on {_listed(self.channels)}; in {_listed(self.languages)}"
        for (about, kind), count in sorted(self.kinds.items()):
            yield f"  {about or 'to staff and groups'}, {kind}: {count:,}"
        for (outcome, reason), count in sorted(self.outcomes.items()):
            if outcome == "sent" and reason:
                yield f"  sent later, because of {reason}: {count:,}"
            elif outcome != "sent":
                yield f"  {outcome} ({reason or 'no reason given'}): {count:,}"
        for (about, language), count in sorted(self.missing.items()):
            yield f"  Remark: {about} has no text in {language} for {count:,} readers"
        for failure in failures:
            yield f"  PROBLEM: {failure.kind} of {failure.subject} fails: {failure.reason}"


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name or '?'} {count:,}" for name, count in counts.most_common())
