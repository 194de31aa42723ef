"""Foreign text is shown, never sent; and measured in cells."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore.text import storable
from tui.render.text import cells, clip_middle, pad, visible, wrapped


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("web01", "web01"),
        ("スナップショット 1", "スナップショット 1"),
        ("a\x1b]2;PWNED\x1b\\b", "a␛]2;PWNED␛\\b"),
        ("a\r\n\tb", "a␍␊␉b"),
        ("a\x7f\x9bb", "a\\u007f\\u009bb"),
        ("invoice\u202efdp.exe", "invoice\\u202efdp.exe"),
        ("\u2066x\u2069\u200f", "\\u2066x\\u2069\\u200f"),
        ("\ufeffa\u200bb\u2028c", "\\ufeffa\\u200bb\\u2028c"),
        ("a\ud800b", "a\\ud800b"),
        ("\U000e0041", "\\U000e0041"),
        ("ideographic\u3000space", "ideographic\u3000space"),
        ("😀", "😀"),
        ("[/]", "[/]"),
    ],
)
def test_what_would_not_be_seen_is_written_out(foreign: str, shown: str) -> None:
    assert visible(foreign) == shown
    assert visible(storable(foreign)) == shown


@given(st.text())
def test_nothing_that_drives_a_terminal_passes(foreign: str) -> None:
    kinds = {unicodedata.category(char) for char in visible(foreign)}

    assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_japanese_is_padded_by_cells() -> None:
    assert pad("経理", 6) == "経理  "
    assert pad("経理", 6, right=True) == "  経理"
    assert [cells(text) for text in ("abc", "経理", "ｶﾞ", "が", "e\u0301")] == [3, 4, 2, 2, 1]


@given(st.text(st.characters(categories=["L", "N", "P"])), st.integers(1, 20))
def test_clipped_text_fits(text: str, width: int) -> None:
    assert cells(clip_middle(text, width)) <= max(width, 1)


def test_a_path_is_cut_in_its_middle() -> None:
    assert clip_middle(r"C:\VMs\経理サーバー\web01.avhd", 16) == r"C:\VM…web01.avhd"


def test_a_long_sentence_is_broken_at_spaces() -> None:
    assert wrapped("one two three", 8) == ["one two", "three"]
    assert wrapped("スナップショット", 6) == ["スナッ", "プショ", "ット"]
    assert wrapped("one two three", None) == ["one two three"]
