"""Windows' error codes about virtual disks, in plain words.

Codes and names: the `ERROR_VHD_*` and `ERROR_*` constants of the Windows SDK; the VM codes as
seen in checkpoint failures in the field. The words are ours.
"""

import re
from collections.abc import Mapping

WORDS: Mapping[int, str] = {
    0xC03A0001: "the disk's footer is missing",
    0xC03A0002: "the disk's footer does not match its checksum",
    0xC03A0003: "the disk's footer is corrupt",
    0xC03A0004: "the disk's format is unknown",
    0xC03A0005: "the disk's format version is not supported",
    0xC03A0006: "the dynamic header does not match its checksum",
    0xC03A0007: "the dynamic header's version is not supported",
    0xC03A0008: "the dynamic header is corrupt",
    0xC03A0009: "a block could not be allocated",
    0xC03A000A: "the block table is corrupt",
    0xC03A000B: "the block size is not valid",
    0xC03A000C: "a sector bitmap does not fit its block",
    0xC03A000D: "the parent disk cannot be found",
    0xC03A000E: "the identifiers of the parent and the differencing disk do not match",
    0xC03A000F: "the time stamps of the parent and the differencing disk do not match",
    0xC03A0010: "the disk's metadata could not be read",
    0xC03A0011: "the disk's metadata could not be written",
    0xC03A0012: "the virtual size is not valid",
    0xC03A0013: "the file's size is not valid",
    0xC03A0016: "access to the parent disk is denied",
    0xC03A0017: "the virtual sizes of the parent and the differencing disk do not match",
    0xC03A0018: "the chain of differencing disks is a cycle",
    0xC03A0019: "a disk further up the chain cannot be opened",
    0xC03A001B: "the disk's type does not allow this",
    0xC03A001C: "the disk's state does not allow this",
    0xC03A0029: "the change-tracking identifier is not valid",
    0xC03A002A: "change tracking is disabled",
    0xC03A0030: "change tracking was never initialised",
    0x80070002: "the file cannot be found",
    0x80070005: "access is denied",
    0x80070020: "another process has the file open",
    0x80070070: "the volume is full",
    0x80070299: "a limit of the file system was reached, often fragmentation",
    0x800703EE: "the volume changed while the file was open",
    0x80048102: "the checkpoint's new disks could not be committed",
    0x800480BC: "replication needs to be synchronised anew",
    0x800480BD: "replication's change tracking failed",
}
"""What each code means."""

_FAILURE = 1 << 31
"""The bit that an HRESULT and an NTSTATUS set when something failed."""

_HEXADECIMAL = re.compile(r"(?:0x)?([0-9a-f]{8})", re.IGNORECASE)
_DECIMAL = re.compile(r"-?\d{1,10}", re.ASCII)
_MESSAGE_NUMBER = re.compile(r"%%(\d{1,10})")


def hresult(code: str | int) -> str:
    """Give `code` with its meaning: a number, `0xC03A000E`, `C03A000E` or a log's `%%2147942432`.

    A code without known words comes back as it would be written, other text unchanged.
    """
    number = code if isinstance(code, int) else _number(code)
    if number is None:
        return str(code)
    number &= 0xFFFFFFFF
    words = WORDS.get(number)
    return f"0x{number:08X} ({words})" if words else f"0x{number:08X}"


def code_of(text: str) -> str:
    """Give the failure that a log's field names as 0x and eight digits, nothing if it is none.

    Success, and numbers without the bit that marks a failure, are none.
    """
    number = int(text) if _DECIMAL.fullmatch(text) else _number(text)
    if number is None or not -_FAILURE <= number < 2 * _FAILURE or not number & _FAILURE:
        return ""
    return f"0x{number & 0xFFFFFFFF:08X}"


def _number(text: str) -> int | None:
    if found := _HEXADECIMAL.fullmatch(text):
        return int(found[1], 16)
    if found := _MESSAGE_NUMBER.fullmatch(text):
        return int(found[1])
    return None
