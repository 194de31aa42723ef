"""CRC-32C (Castagnoli), as VHDX headers and region tables carry it.

A CRC is linear, so running it over n zero bytes is one matrix over 32 bits: the matrix of 2n
zeros is that of n zeros applied twice. VHDX structures are mostly padding, which makes this the
difference between a hundred and a thousand files a second in plain Python.
"""

from collections.abc import Callable
from functools import cache

_POLYNOMIAL = 0x82F63B78
_ALL_ONES = 0xFFFFFFFF

Matrix = tuple[int, ...]
"""32 columns: what the register becomes when only bit i was set."""


def crc32c_in_python(data: bytes) -> int:
    """Give the CRC-32C of `data` without any library."""
    body = data.rstrip(b"\0")
    register = _ALL_ONES
    for byte in body:
        register = _TABLE[(register ^ byte) & 0xFF] ^ register >> 8
    return _over_zeros(register, len(data) - len(body)) ^ _ALL_ONES


def _byte_table() -> tuple[int, ...]:
    return tuple(_over_bits(byte, 8) for byte in range(256))


def _over_bits(register: int, bits: int) -> int:
    for _ in range(bits):
        register = register >> 1 ^ (_POLYNOMIAL if register & 1 else 0)
    return register


def _over_zeros(register: int, count: int) -> int:
    """Give what `count` zero bytes make of `register`: one matrix per bit of `count`."""
    for power in range(count.bit_length()):
        if count >> power & 1:
            register = _times(_zeros_matrix(power), register)
    return register


@cache
def _zeros_matrix(power: int) -> Matrix:
    """Give the matrix of 2**power zero bytes."""
    if power == 0:
        return tuple(_over_bits(1 << bit, 8) for bit in range(32))
    half = _zeros_matrix(power - 1)
    return tuple(_times(half, column) for column in half)


def _times(matrix: Matrix, register: int) -> int:
    product = 0
    for column in matrix:
        if register & 1:
            product ^= column
        register >>= 1
    return product


_TABLE = _byte_table()


def _fastest() -> Callable[[bytes], int]:
    try:
        import google_crc32c  # noqa: PLC0415  optional: it has no wheel for every platform
    except ImportError:
        return crc32c_in_python
    return lambda data: int(google_crc32c.value(data))


crc32c: Callable[[bytes], int] = _fastest()
"""Gives the CRC-32C of some bytes, by google-crc32c where it is installed."""
