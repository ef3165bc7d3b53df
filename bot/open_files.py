"""How many files and connections the operating system lets the program have open.

Many systems say 1,024 and would allow far more to whoever asks (systemd: 524,288).
"""

from __future__ import annotations


def allow(wanted: int) -> int:
    """Ask for so many, where fewer are allowed; how many are allowed now."""
    try:
        import resource  # noqa: PLC0415 - Windows has none, and no such limit
    except ImportError:
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    more = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
    except (OSError, ValueError):
        return soft
    return more
