"""The bot's emoji, drawn on the chat page: no machine needs a font for them."""

from __future__ import annotations

import re
from pathlib import Path

from markupsafe import Markup

from bot.channels.preview.drawn import IDS, PATHS, drawn

ROOT = Path(__file__).parents[3]
SIGNS = re.compile(
    "[\N{BLACK RIGHT-POINTING TRIANGLE}\N{WHITE SMALL SQUARE}\u23e9-\u23ff\u2600-\u27bf"
    "\u2b00-\u2bff\U0001f300-\U0001faff]"
)


def test_every_sign_in_the_bots_words_is_drawn() -> None:
    """Whoever writes a new one draws it."""
    words = [*(ROOT / "messages/templates").glob("*.j2"), *(ROOT / "blueprints").glob("*.toml")]
    code = [*(ROOT / "bot/turn").rglob("*.py"), *(ROOT / "outreach").rglob("*.py")]
    used = {sign for path in (*words, *code) for sign in SIGNS.findall(path.read_text("utf-8"))}
    assert used - set(PATHS) == set()


def test_the_sign_stays_to_be_read_and_copied() -> None:
    shown = drawn("👍 Going")
    assert f'<use href="#{IDS["👍"]}">' in shown
    assert re.sub("<[^>]*>", "", shown) == "👍 Going"


def test_nothing_else_changes() -> None:
    """Tags stay as they are, text that is no markup is escaped, other signs are left alone."""
    assert drawn("<b>🦄</b>") == "&lt;b&gt;🦄&lt;/b&gt;"
    marked = Markup('<a href="https://example.org/👍">x</a>')
    assert drawn(marked) == marked
