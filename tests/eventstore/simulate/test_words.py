"""Lines taken apart into words, as the scenario language says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore.errors import BadInput
from eventstore.simulate.words import words


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("start web01", ("start", "web01")),
        ("  take\tweb01  S1  ", ("take", "web01", "S1")),
        ('take web01 "スナップショット 1"', ("take", "web01", "スナップショット 1")),
        ('take web01 "say ""hi"""', ("take", "web01", 'say "hi"')),
        (r'as="IDE 0:0"=C:\x.avhd', (r"as=IDE 0:0=C:\x.avhd",)),
        (r'"as=IDE 0:0=C:\x.avhd"', (r"as=IDE 0:0=C:\x.avhd",)),
        (r'"C:\VMs\" next', ("C:\\VMs\\", "next")),
        ('take web01 ""', ("take", "web01", "")),
        ("start web01 # why", ("start", "web01")),
        ('take web01 "#1"', ("take", "web01", "#1")),
        ("take web01 S#1", ("take", "web01", "S#1")),
        ("# nothing", ()),
        ("", ()),
    ],
)
def test_a_line_is_taken_apart(line: str, expected: tuple[str, ...]) -> None:
    assert words(line) == expected


def test_an_open_quote_is_told_with_its_column() -> None:
    with pytest.raises(BadInput, match=r"the quote at column 12 is never closed"):
        words('take web01 "S1')


@given(st.lists(st.text(st.characters(exclude_characters="\r\n")), max_size=5))
def test_any_word_survives_its_quotes(found: list[str]) -> None:
    line = " ".join('"' + word.replace('"', '""') + '"' for word in found)

    assert words(line) == tuple(found)
