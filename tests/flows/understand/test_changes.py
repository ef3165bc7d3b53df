"""What people say has changed, in three languages: where to, or which line of the profile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.understand.changes import LONGEST, PLACE, changed
from flows.understand.text import fold

MOVED = {
    "Vienna": """
I moved to Vienna | I've moved to Vienna | we moved from Berlin to Vienna
I have just relocated to Vienna | I live in Vienna now | I now live in Vienna
I'm living in Vienna now | moved to Vienna last month | I am moving to Vienna.
""",
    "Viedne": """
presťahovala som sa do Viedne | presťahoval som sa z Berlína do Viedne
prestahovala som sa do Viedne | presťahovali sme sa do Viedne | Odsťahoval som sa do Viedne
sťahujem sa do Viedne
""",
    "Viedni": """
už bývam vo Viedni | teraz žijem vo Viedni | žijem teraz vo Viedni
""",
    "Dunaj": """
preselil sem se na Dunaj | preselila sem se v Dunaj | preselili smo se iz Berlina na Dunaj
selim se na Dunaj
""",
    "Dunaju": """
zdaj živim na Dunaju | živim zdaj na Dunaju
""",
}
LINES = {
    "profession": """
I have a new job | new job | I changed jobs | nová práca | mám novú prácu
zmenila som prácu | našla som si novú prácu | nova služba | imam novo službo
zamenjala sem službo | nova zaposlitev | I've got a new position | I started a new job
menjal sem službo | I have a new job at Siemens | I've started a new job in Vienna
""",
    "employer": """
I have a new employer | mám nového zamestnávateľa | nov delodajalec
""",
    "email": """
my new email | I have a new e-mail address | mám nový e-mail | imam nov e-naslov
I changed my email
""",
    "place": """
I moved | I've moved | presťahovala som sa | preselil sem se
""",
}
WANTED = {
    "email": "chcem zmeniť e-mail | I want to change my email | želim spremeniti e-naslov",
    "profession": "rada bi spremenila poklic | I'd like to update my profession",
    "name": "chcela by som zmeniť priezvisko | can you change my name | zmena mena",
    "place": "change my city | zmena adresy | spremenil se mi je naslov",
}
OTHER = """
change the world | new region for the festival | Nová Gorica
Jana Nováková | I moved on to other topics in life | new ideas for the region | nové nápady
I live with my family | I bring people together | product lead | hello | how do I move?
moved to a new house | som nová v meste | Nova Gorica | Novy Jicin
I was moved to tears by the brunch
"""


def listed(said: str) -> list[str]:
    return [each.strip() for line in said.strip().splitlines() for each in line.split(" | ")]


@pytest.mark.parametrize(
    ("place", "said"), [(key, each) for key, said in MOVED.items() for each in listed(said)]
)
def test_a_move_says_where_to(place: str, said: str) -> None:
    for each in (said, said.upper(), fold(said)):
        found = changed(each)
        assert found is not None, each
        assert found.keys == (PLACE,)
        assert fold(found.value) == fold(place), each


@pytest.mark.parametrize(
    ("key", "said"), [(key, each) for key, said in LINES.items() for each in listed(said)]
)
def test_a_change_says_what_it_is_about(key: str, said: str) -> None:
    for each in (said, said.upper(), fold(said)):
        found = changed(each)
        assert found is not None, each
        assert (found.keys[0], found.value) == (key, "")


@pytest.mark.parametrize(
    ("key", "said"), [(key, each) for key, said in WANTED.items() for each in listed(said)]
)
def test_a_line_that_somebody_wants_changed_is_meant(key: str, said: str) -> None:
    for each in (said, fold(said)):
        found = changed(each)
        assert found is not None, each
        assert found.keys[0] == key


@pytest.mark.parametrize("said", listed(OTHER))
def test_other_words_tell_of_no_change(said: str) -> None:
    assert changed(said) is None


@given(st.text(max_size=LONGEST + 20))
def test_anything_can_be_typed(text: str) -> None:
    found = changed(text)
    assert found is None or "?" not in text
