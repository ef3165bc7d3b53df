"""Whether somebody comes, and whom they bring, in three languages and in their own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.understand.answering import LONGEST, MOST_GUESTS, meant
from flows.understand.text import fold
from flows.understand.words import yes_no

SAID = {
    "going": """
áno, prídem | ano pridem | da, pridem | I'm coming | i'll be there | rada prídem
rád prídem | count me in | yes, I'll come | sure, I'll be there! | prídem určite
z veseljem pridem | da, z veseljem | bom prišla | bom tam | računajte name
počítajte so mnou | áno, budem tam | zúčastním sa | udeležil se bom | 👍 | 👍🏽
I can make it | I'd love to come | yes please, happy to join | s radosťou prídem | prideme
se vidimo tam | áno prídem na Brunch | I will attend | seveda pridem | Jasné, prídem! | yes
áno | da | ok | Yes I am coming | we'll come | Pridem z veseljem
""",
    "no": """
bohužiaľ nemôžem | bohuzial nemozem | I can't make it | I cant come | sorry, can't come
I can't come after all, sorry | nemôžem prísť | žiaľ neprídem | neprídem | žal ne morem
ne morem priti | ne pridem | žal ne bom mogla | nestíham | nevyjde mi to | I have to cancel
I won't be able to attend | unfortunately I can't | not coming | 👎 | I'm not coming
can't come after all | musím to zrušiť | moram odpovedati | nakoniec neprídem
na žalost ne morem priti | I can't, sorry | no | nie | ne | I'd love to come but I can't
Bohužiaľ nemôžem, mám skúšku | ne bom prišel | žal ne | som chorá | nemôžem sa zúčastniť
ne bom se udeležila | I cannot attend the brunch on Saturday | I won't make it
""",
    "maybe": """
maybe | neviem ešte | ešte neviem | not sure yet | ne vem še | morda | možno | mogoče
I don't know yet | I might come | uvidím | bom še videla | možno prídem | asi prídem
I'll let you know | dám vedieť | maybe I can come | nie som si istá | verjetno pridem
še ne vem
""",
}
OTHER = """
is there parking? | can I come? | what should I bring | I moved to Vienna | nová práca
hello | thanks | ďakujem | Bratislava | please send me the link
I know someone who can't read this letter properly | mám otázku k programu
kdaj pride avtobus | rada spievam | I bring people together
"""
BRINGING = {
    1: """
I'm bringing a colleague | I'll bring my wife | privediem kolegu | vezmem manželku
prídem s kolegyňou | pripeljem sodelavca | pridem s prijateljem | pridem z možem | +1
plus one | I'm coming with a friend | prídem s manželom | I will bring one guest
zoberiem so sebou kamaráta
""",
    2: """
I'm bringing two colleagues | prídem s dvoma kolegami | pripeljem dva prijatelja | +2
I'll bring 2 friends | privediem dvoch kolegov
""",
}


def listed(said: str) -> list[str]:
    return [each.strip() for line in said.strip().splitlines() for each in line.split(" | ")]


@pytest.mark.parametrize(
    ("answer", "said"), [(key, each) for key, said in SAID.items() for each in listed(said)]
)
def test_what_somebody_says_of_coming_is_understood(answer: str, said: str) -> None:
    for each in (said, said.upper(), fold(said) or said, f"{said}!"):
        found = meant(each, yes_no(each), {"brunch"})
        assert found is not None, each
        assert (found.answer, found.guests) == (answer, None), each


@pytest.mark.parametrize("said", listed(OTHER))
def test_other_words_say_nothing_of_it(said: str) -> None:
    assert meant(said, yes_no(said)) is None


@pytest.mark.parametrize(
    ("count", "said"), [(key, each) for key, said in BRINGING.items() for each in listed(said)]
)
def test_whom_they_bring_is_counted(count: int, said: str) -> None:
    found = meant(said, yes_no(said))
    assert found is not None
    assert (found.answer, found.guests) == ("going", count)


@given(st.text(max_size=LONGEST + 20))
def test_anything_can_be_typed(text: str) -> None:
    found = meant(text)
    if found is not None:
        assert "?" not in text
        assert found.guests is None or 1 <= found.guests <= MOST_GUESTS
