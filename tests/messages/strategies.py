"""Texts that people may type, the unkind ones included, and rich text made of them."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from messages.message import Listing, Paragraph, Rich, Span

# A busy machine is no fault of the text: what is slow is measured elsewhere.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

NASTY = (
    "*bold*",
    "_low_",
    "~no~",
    "`q`",
    "@channel",
    "<!here>",
    "<b>x</b>",
    "</b>",
    "<a href='//x'>",
    "&amp;",
    "&#10;",
    "- item",
    "1. item",
    "\n\n",
    "\n- x",
    "\r\n",
    "=1+1",
    "+421 900",
    "%(name)s",
    "100 %",
    "{{ x }}",
    "{% raw %}",
    "<br>",
    "😀",
    "č\u030c",
    "\x00",
    "\x1b[31m",
    "\u202e",
    "\ud800",
    "\ufdd0",
    "\ufdd1",
    "\u2028",
    "\u0085",
    "\ufeff",
)

typed = st.lists(
    st.one_of(
        st.sampled_from(NASTY),
        st.text(st.characters(exclude_categories=[]), max_size=8),
    ),
    max_size=6,
).map("".join)

_hrefs = st.sampled_from(
    [None, None, 'https://x.org/?a=1&b="2"\'<>', "http://x.org", "mailto:a@b.sk"]
)
spans = st.builds(Span, typed, st.booleans(), st.booleans(), st.booleans(), _hrefs)
_lines = st.lists(spans, min_size=1, max_size=4).map(tuple)
_blocks = st.one_of(
    st.builds(Paragraph, _lines),
    st.builds(Listing, st.lists(_lines, min_size=1, max_size=4).map(tuple)),
)
riches: st.SearchStrategy[Rich] = st.lists(_blocks, max_size=4).map(tuple)
