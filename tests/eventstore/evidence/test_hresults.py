"""Windows' error codes in words."""

import pytest

from eventstore.evidence.hresults import code_of, hresult


@pytest.mark.parametrize(
    "code", ["0x80070070", "80070070", 0x80070070, -2147024784, "%%2147942512"]
)
def test_a_code_is_understood_in_every_spelling(code: str | int) -> None:
    assert hresult(code) == "0x80070070 (the volume is full)"


def test_a_code_without_words_stands_alone() -> None:
    assert hresult("0xc0ffee00") == "0xC0FFEE00"


@pytest.mark.parametrize("text", ["", "disk full", "0x8007", "%%x"])
def test_what_is_no_code_comes_back_unchanged(text: str) -> None:
    assert hresult(text) == text


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("0x80070070", "0x80070070"),
        ("%%2147942512", "0x80070070"),
        ("2147942512", "0x80070070"),
        ("-2147024784", "0x80070070"),
        ("3221225506", "0xC0000022"),
        ("0", ""),
        ("0x00000000", ""),
        ("4294967296", ""),
        ("IDE 0:0", ""),
    ],
)
def test_a_field_of_a_log_names_a_failure_or_none(field: str, code: str) -> None:
    assert code_of(field) == code
