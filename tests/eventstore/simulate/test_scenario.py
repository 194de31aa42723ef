"""Scenario files: encodings, line numbers, and how far a wrong line lets the others come."""

import pytest

from eventstore.errors import BadInput
from eventstore.simulate.grammar import Deed
from eventstore.simulate.scenario import Line, read_scenario


def read(text: bytes) -> list[Line]:
    return list(read_scenario(text.splitlines(keepends=True), "story.txt"))


def test_empty_lines_and_comments_count_as_lines() -> None:
    lines = read(b"# a story\n\nstart web01\n")

    assert lines == [Line(3, Deed("start", ("web01",)))]


def test_a_byte_order_mark_and_windows_line_ends_are_no_text() -> None:
    lines = read(b"\xef\xbb\xbfstart web01\r\ntake web01 S1\r\n")

    assert [line.deed.operands for line in lines] == [("web01",), ("web01", "S1")]


def test_a_typo_on_line_3_stops_there() -> None:
    found = read_scenario([b"start web01\n", b"reset web01\n", b"rest web01\n"], "story.txt")

    assert [next(found).number, next(found).number] == [1, 2]
    with pytest.raises(BadInput, match=r"^story\.txt:3: 'rest' is no command; did you mean"):
        next(found)


def test_text_that_is_not_utf8_is_told_with_its_place() -> None:
    with pytest.raises(BadInput, match=r"^story\.txt:2: byte 0x82 at column 12 is no UTF-8"):
        read(b"start web01\ntake web01 \x82\xa0\n")


def test_utf16_is_recognised() -> None:
    with pytest.raises(BadInput, match=r"^story\.txt:1: the text is UTF-16; expected UTF-8"):
        read("start web01\n".encode("utf-16"))
