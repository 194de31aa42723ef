"""Names that UTF-8 cannot carry are stored reversibly."""

from hypothesis import given
from hypothesis import strategies as st

from eventstore.text import original, storable

ANY = st.text(st.characters(codec=None, categories=None), max_size=40)


@given(ANY)
def test_any_name_can_be_stored_and_given_back(name: str) -> None:
    storable(name).encode("utf-8")

    assert original(storable(name)) == name


def test_ordinary_names_stay_as_they_are() -> None:
    assert storable("スナップショット 1 😀") == "スナップショット 1 😀"


def test_two_names_never_become_one() -> None:
    assert storable("a\ud800") != storable("a\ufffdD800")
