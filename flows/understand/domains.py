"""Mail domains with a slip of the finger in them: gmial.com, azet.ks, siol.nte, gmail.con."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from babel.core import get_global
from rapidfuzz import process
from rapidfuzz.distance import OSA

_DATA = files("flows.understand.data")
_SHORTEST = 7  # "me.com" and "gmx.at": shorter domains are too close together
_LONG = 10  # two slips only in these


def likelier(address: str) -> str | None:
    """``address`` with the domain that was probably meant; None where nothing speaks against the
    one it has."""
    name, at, domain = address.rpartition("@")
    typed = domain.lower()
    if not (name and at) or typed in _listed("mail"):
        return None
    meant = _service(typed) or _ending(typed)
    return f"{name}@{meant}" if meant and meant != typed else None


def _service(typed: str) -> str | None:
    """The mail service a slip away, or with another ending ("gmail.cm", "gmail")."""
    slips = 2 if len(typed) >= _LONG else 1
    near = process.extract(
        typed, _services(), scorer=OSA.distance, processor=None, limit=None, score_cutoff=slips
    )
    near.sort(key=lambda item: (item[1], _services().index(item[0])))
    close = [name for name, distance, _ in near if distance == 1 or name[0] == typed[0]]
    if close and not (_is_ending(typed.rpartition(".")[2]) and near[0][1] > 1):
        return close[0]
    base = typed.partition(".")[0]
    return next((name for name in ("gmail.com", "googlemail.com") if name[:-4] == base), None)


def _ending(typed: str) -> str | None:
    base, dot, ending = typed.rpartition(".")
    if not dot or not base:
        return None
    if instead := _instead().get(ending):
        return f"{base}.{instead}"
    if _is_ending(ending):
        return None
    near = process.extract(ending, _COMMON, scorer=OSA.distance, processor=None, score_cutoff=1)
    best = sorted((name for name, _, _ in near), key=_COMMON.index)
    return f"{base}.{best[0]}" if best else None


_COMMON = (
    "com", "sk", "si", "net", "org", "eu", "cz", "at", "de", "edu", "info", "uk", "hu", "pl", "it",
    "hr", "ch", "fr", "nl", "be", "io",
)  # fmt: skip


@cache
def _is_ending(ending: str) -> bool:
    """Whether domains end so: a country's code, one of the listed, or not in Latin letters."""
    countries = get_global("territory_zones")
    return (
        ending.upper() in countries
        or ending in _listed("ending")
        or ending.startswith("xn--")
        or not ending.isascii()
    )


@cache
def _services() -> tuple[str, ...]:
    """As listed, the commonest first."""
    return tuple(name for name in _listed("mail") if len(name) >= _SHORTEST)


@cache
def _instead() -> dict[str, str]:
    return dict(pair.split("=") for pair in _listed("instead") if "=" in pair)


@cache
def _listed(kind: str) -> dict[str, None]:
    lines = _DATA.joinpath("domains.tsv").read_text("utf-8").splitlines()
    cells = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return dict.fromkeys(
        name.strip() for what, names in cells if what == kind for name in names.split(",")
    )
