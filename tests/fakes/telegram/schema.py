"""The machine-readable Bot API turned into checks: one function a type, built when first needed.

Telegram itself overlooks parameters it doesn't know; this server refuses them, because in a
program under test they are always a mistake.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias, cast

from tests.fakes.telegram.errors import bad

Check: TypeAlias = Callable[[Any, str], Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came as a part of multipart/form-data."""

    name: str
    media_type: str
    content: bytes


class MismatchError(Exception):
    """A value is not of the type."""


@cache
def _api() -> dict[str, Any]:
    packed = Path(__file__).with_name("api.json.gz").read_bytes()
    return cast("dict[str, Any]", json.loads(gzip.decompress(packed)))


@cache
def method_names() -> dict[str, str]:
    """Lower-case name -> name: the Bot API's method names are case-insensitive."""
    return {name.lower(): name for name in _api()["methods"]}


def _integer(value: Any, where: str) -> int:
    if type(value) is int:
        return value
    if isinstance(value, str) and value.strip().lstrip("-").isdigit():
        return int(value)
    raise MismatchError(f"{where} must be an Integer")


def _float(value: Any, where: str) -> float:
    try:
        if not isinstance(value, bool):
            return float(value)
    except (TypeError, ValueError):
        pass
    raise MismatchError(f"{where} must be a Number")


def _boolean(value: Any, where: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false", "1", "0"}:
        return value.lower() in {"true", "1"}
    raise MismatchError(f"{where} must be a Boolean")


def _string(value: Any, where: str) -> str:
    if isinstance(value, str):
        return value
    raise MismatchError(f"{where} must be a String")


def _input_file(value: Any, where: str) -> Upload:
    if isinstance(value, Upload):
        return value
    raise MismatchError(f"{where} must be an uploaded file")


_PLAIN: dict[str, Check] = {
    "Integer": _integer,
    "Float": _float,
    "Boolean": _boolean,
    "String": _string,
    "InputFile": _input_file,
}


def _unpack(value: Any, where: str) -> Any:
    """Objects and arrays come as JSON text where the request itself isn't JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise MismatchError(f"can't parse {where}: not JSON") from None


def _array(item: Check) -> Check:
    def check(value: Any, where: str) -> list[Any]:
        value = _unpack(value, where)
        if not isinstance(value, list):
            raise MismatchError(f"{where} must be an Array")
        return [item(each, where) for each in value]

    return check


def _object(name: str, fields: dict[str, list[Any]]) -> Check:
    checks: dict[str, Check] = {}
    needed = [field for field, (required, *_) in fields.items() if required]

    def check(value: Any, where: str) -> dict[str, Any]:
        value = _unpack(value, where)
        if not isinstance(value, dict):
            raise MismatchError(f"{where} must be an Object ({name})")
        for field in value:
            if field not in fields:
                raise MismatchError(f"{name} has no field {field!r}")
            if field not in checks:
                checks[field] = _any_of(tuple(fields[field][1:]))
        for field in needed:
            if field not in value:
                raise MismatchError(f"{name} needs the field {field!r}")
        return {field: checks[field](each, f"{name}.{field}") for field, each in value.items()}

    return check


@cache
def _any_of(types: tuple[str, ...]) -> Check:
    if len(types) == 1:
        return _one(types[0])
    checks = [_one(each) for each in types]

    def check(value: Any, where: str) -> Any:
        problems = []
        for each in checks:
            try:
                return each(value, where)
            except MismatchError as wrong:
                problems.append(str(wrong))
        raise MismatchError("; or ".join(problems))

    return check


@cache
def _one(name: str) -> Check:
    if name in _PLAIN:
        return _PLAIN[name]
    if name.startswith("Array of "):
        return _array(_one(name.removeprefix("Array of ")))
    entry = _api()["types"][name]
    if "subtypes" in entry:
        return _any_of(tuple(entry["subtypes"]))
    return _object(name, entry["fields"])


@cache
def _parameters(method: str) -> tuple[dict[str, Check], frozenset[str]]:
    fields = _api()["methods"][method]
    checks = {name: _any_of(tuple(types)) for name, (_, *types) in fields.items()}
    return checks, frozenset(name for name, (required, *_) in fields.items() if required)


def checked(method: str, given: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a call with their proper types.

    Raises:
        ApiError: 400, a parameter is unknown, missing or of the wrong type.
    """
    checks, needed = _parameters(method)
    try:
        values = {name: checks[name](value, name) for name, value in given.items()}
    except KeyError as unknown:
        raise bad(f"{method} has no parameter {unknown}") from None
    except MismatchError as wrong:
        raise bad(str(wrong)) from None
    missing = needed - values.keys()
    if "text" in missing:
        raise bad("message text is empty")
    if missing:
        raise bad(f'parameter "{sorted(missing)[0]}" is required')
    return values
