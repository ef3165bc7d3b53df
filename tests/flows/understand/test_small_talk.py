"""What people say to be kind, in three languages, and what only sounds like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.understand.small_talk import LONGEST, kind
from flows.understand.text import fold

SAID = {
    "later": """
later | Later, please | maybe later | neskôr | neskor | možno neskôr | potom | potem
kasneje | pozneje | not now, later | teraz nie, neskôr | zdaj ne, kasneje | tomorrow
zajtra | jutri | I'll do it later | nemám čas, neskôr | odpoviem neskôr | bom kasneje
I'm busy, later
""",
    "thanks": """
thanks | Thank you! | thanks a lot | thank you very much | ďakujem | dakujem pekne
ďakujem veľmi pekne | vďaka | díky | hvala | hvala lepa | najlepša hvala | thx | ok, thanks
super, ďakujem | ok hvala | Ďakujem za pomoc
""",
    "bye": """
bye | Goodbye | bye bye | dovidenia | nasvidenje | adijo | maj sa | dobrú noc | good night
majte sa pekne | lahko noč
""",
    "hello": """
hi | hello | hey there | good morning | dobrý deň | dobry den | ahoj | čau | dober dan
živjo | zdravo | pozdravljeni | dobré ráno | dobro jutro | Hello! | dobrý večer | hi bot
""",
    "fine": """
ok | okay | super | great | perfect | ❤️ | 👍👍 | 🙏 | dobre | skvelé | odlično | v redu
v poriadku | sounds good | cool | got it | rozumiem | 😊 | to je super
""",
}
OTHER = """
Jana Nováková | I moved to Vienna | hi, I moved | thanks to my job I travel | product lead
Bratislava | Goodman | maybe | no | is it free? | later I moved | Pekný | pomoc | help
super manager | Dobrý Peter | Thank you letters
"""


def listed(said: str) -> list[str]:
    return [each.strip() for line in said.strip().splitlines() for each in line.split(" | ")]


@pytest.mark.parametrize(
    ("meant", "said"), [(key, each) for key, said in SAID.items() for each in listed(said)]
)
def test_a_kind_word_is_known_with_accents_and_without(meant: str, said: str) -> None:
    for each in (said, said.upper(), fold(said) or said, f"{said}!"):
        assert kind(each) == meant, each


@pytest.mark.parametrize("said", listed(OTHER))
def test_what_says_more_is_no_small_talk(said: str) -> None:
    assert kind(said) is None


@given(st.text(max_size=LONGEST + 20))
def test_anything_can_be_typed(text: str) -> None:
    assert kind(text) is None or "?" not in text
