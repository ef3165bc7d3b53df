"""What can be wrong with a flow: always a programmer's or a blueprint's mistake, never a person's.

FlowError
├── DuplicateKey
├── Invalid
└── UnknownFlow
"""

from __future__ import annotations


class FlowError(Exception):
    """Root of the package's errors."""


class DuplicateKey(FlowError):
    """A flow asked two questions under one key."""


class Invalid(FlowError):
    """A stored answer no longer fits its question: it is asked again."""


class UnknownFlow(FlowError):
    """No flow is registered under this name."""
