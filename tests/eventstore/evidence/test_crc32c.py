"""CRC-32C against published values and against the plain definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore.evidence.crc32c import crc32c, crc32c_in_python


def by_definition(data: bytes) -> int:
    """One bit at a time, as the polynomial says."""
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


@pytest.mark.parametrize(
    ("data", "crc"),
    [
        (b"", 0),
        (b"123456789", 0xE3069283),
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
    ],
)
def test_published_values_hold(data: bytes, crc: int) -> None:
    assert crc32c_in_python(data) == crc
    assert crc32c(data) == crc


@given(st.binary(max_size=64), st.integers(0, 5000))
def test_padding_with_zeros_is_only_a_shortcut(data: bytes, zeros: int) -> None:
    padded = data + bytes(zeros)

    assert crc32c_in_python(padded) == by_definition(padded)
