"""CRC-32C (Castagnoli), as VHDX headers and region tables carry it.

A CRC is linear, so running it over n zero bytes is one matrix over 32 bits: the matrix of 2n
zeros is that of n zeros applied twice. VHDX structures are mostly padding, which makes this the
difference between a hundred and thousands of files a second in plain Python.
"""

from collections.abc import Callable
from functools import cache, lru_cache

_POLYNOMIAL = 0x82F63B78
_ALL_ONES = 0xFFFFFFFF

_STEPS = (16384, 2048, 256, 32)
"""Zeros at the end are taken off in such pieces; those left of the last are run over like data."""

_COUNTS_KEPT = 512
"""So many matrices are kept: counts are multiples of 32, and files mostly have the same ones."""

Matrix = tuple[int, ...]
"""32 columns: what the register becomes when only bit i was set."""


def crc32c_in_python(data: bytes) -> int:
    """Give the CRC-32C of `data` without any library."""
    end = _end_of_content(data)
    register = _ALL_ONES
    table = _TABLE
    for byte in data[:end]:
        register = table[(register ^ byte) & 0xFF] ^ register >> 8
    if end < len(data):
        register = _times(_zeros_matrix(len(data) - end), register)
    return register ^ _ALL_ONES


def _end_of_content(data: bytes) -> int:
    """Give where nothing but zeros follows, or somewhat after; `rstrip` goes byte by byte."""
    end = len(data)
    for step in _STEPS:
        while data.endswith(_ZEROS[step], 0, end):
            end -= step
    return end


def _byte_table() -> tuple[int, ...]:
    return tuple(_over_bits(byte, 8) for byte in range(256))


def _over_bits(register: int, bits: int) -> int:
    for _ in range(bits):
        register = register >> 1 ^ (_POLYNOMIAL if register & 1 else 0)
    return register


@lru_cache(_COUNTS_KEPT)
def _zeros_matrix(count: int) -> Matrix:
    """Give the matrix of `count` zero bytes, one or more: the product of those of its bits."""
    powers = [power for power in range(count.bit_length()) if count >> power & 1]
    product = _doubled(powers[0])
    for power in powers[1:]:
        product = _after(product, _doubled(power))
    return product


@cache
def _doubled(power: int) -> Matrix:
    """Give the matrix of 2**power zero bytes."""
    if power == 0:
        return tuple(_over_bits(1 << bit, 8) for bit in range(32))
    half = _doubled(power - 1)
    return _after(half, half)


def _after(first: Matrix, then: Matrix) -> Matrix:
    return tuple(_times(then, column) for column in first)


def _times(matrix: Matrix, register: int) -> int:
    product = 0
    for column in matrix:
        if register & 1:
            product ^= column
        register >>= 1
    return product


_TABLE = _byte_table()
_ZEROS = {step: bytes(step) for step in _STEPS}


def _fastest() -> Callable[[bytes], int]:
    try:
        import google_crc32c  # noqa: PLC0415  optional: it has no wheel for every platform
    except ImportError:
        return crc32c_in_python
    return lambda data: int(google_crc32c.value(data))


crc32c: Callable[[bytes], int] = _fastest()
"""Gives the CRC-32C of some bytes, by google-crc32c where it is installed."""
