"""Trouble on order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    DROP_BEFORE = "drop_before"  # the connection closes, the call is not carried out
    DROP_AFTER = "drop_after"  # carried out, then the connection closes without an answer
    HANG_BEFORE = "hang_before"  # not carried out, no answer
    HANG_AFTER = "hang_after"  # carried out, no answer
    SLOW = "slow"  # carried out, answered `seconds` later
    TOO_FAST = "too_fast"  # 429 with retry_after = seconds
    STATUS = "status"  # answers `status` (500, 502 …), not carried out
    STATUS_AFTER = "status_after"  # carried out, answers `status`
    GARBAGE = "garbage"  # carried out, answers 200 with something that is not JSON
    CUT = "cut"  # carried out, the answer breaks off in the middle
    ERROR = "error"  # answers ok: false with `status` and `description`


@dataclass(slots=True)
class Fault:
    """One kind of trouble for calls that match, but the first ``after`` of them; gone after
    ``times`` (None: stays)."""

    trouble: Trouble
    method: str | None = None
    chat: int | None = None
    times: int | None = 1
    after: int = 0
    seconds: float = 1.0
    status: int = 500
    description: str = "Internal Server Error"
    parameters: dict[str, int] | None = None

    def strikes(self, method: str, chat: object) -> bool:
        """Whether this call meets the trouble; counts it."""
        if (
            self.times == 0
            or self.method not in {None, method}
            or (self.chat is not None and str(self.chat) != str(chat))
        ):
            return False
        if self.after:
            self.after -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True
