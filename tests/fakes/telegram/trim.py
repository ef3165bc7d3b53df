"""Make api.json.gz from the machine-readable Bot API: names, types and what is required.

``python -m tests.fakes.telegram.trim telegram-api.json`` – the input is the JSON that
https://github.com/PaulSonOfLars/telegram-bot-api-spec publishes (licence beside this file).
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).with_name("api.json.gz")


def _fields(entry: dict[str, Any]) -> dict[str, list[Any]]:
    return {f["name"]: [int(f["required"]), *f["types"]] for f in entry.get("fields", [])}


def trim(source: dict[str, Any]) -> dict[str, Any]:
    """The parts the server checks against: name -> [required, type, …] of methods and types."""
    return {
        "version": source["version"],
        "methods": {name: _fields(entry) for name, entry in source["methods"].items()},
        "types": {
            name: {"subtypes": entry["subtypes"]}
            if entry.get("subtypes")
            else {"fields": _fields(entry)}
            for name, entry in source["types"].items()
        },
    }


def main() -> None:
    source = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    text = json.dumps(trim(source), separators=(",", ":"))
    TARGET.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
