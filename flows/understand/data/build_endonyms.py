"""Write endonyms.json: what each country is called in its own official languages (CLDR).

Run by hand when CLDR has changed: ``python -m flows.understand.data.build_endonyms``.
"""

from __future__ import annotations

import json
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_official_languages


def endonyms() -> dict[str, list[str]]:
    """Country code -> its names in its official languages."""
    found: dict[str, list[str]] = {}
    for code in sorted(get_global("territory_zones")):
        names: dict[str, None] = {}
        for language in get_official_languages(code, regional=True, de_facto=True):
            try:
                territories = Locale.parse(language).territories
            except (UnknownLocaleError, ValueError):
                continue
            if code in territories:
                names[str(territories[code])] = None
        if names:
            found[code] = list(names)
    return found


if __name__ == "__main__":
    Path(__file__).with_name("endonyms.json").write_text(
        json.dumps(endonyms(), ensure_ascii=False, indent=0, sort_keys=True) + "\n", "utf-8"
    )
