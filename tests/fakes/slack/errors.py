"""How the server says no."""

from __future__ import annotations

from collections.abc import Sequence


class Refused(Exception):
    """The answer is ``{"ok": false, "error": error}``, with details as Slack words them."""

    def __init__(self, error: str, details: Sequence[str] = (), **more: object) -> None:
        super().__init__(f"{error}: {'; '.join(details)}" if details else error)
        self.error = error
        self.details = tuple(details)
        self.more = more

    def body(self) -> dict[str, object]:
        answer: dict[str, object] = {"ok": False, "error": self.error, **self.more}
        if self.details:
            answer["errors"] = list(self.details)
            answer["response_metadata"] = {"messages": [f"[ERROR] {line}" for line in self.details]}
        return answer
