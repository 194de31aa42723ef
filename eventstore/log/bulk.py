"""Many lines at once: what `line` asks of each of them, in few steps of Python.

One call decodes a whole chunk and another encodes what came of it. When the bytes are the same
again, every line has each of its keys once, in order, without a space between. Only what is surely
intact is taken; of anything else `line` has the last word, line by line.
"""

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from eventstore.entry import Recorded
from eventstore.log.line import TAIL_BYTES, is_recorded_at

_decoder = msgspec.json.Decoder(Recorded)
_encoder = msgspec.json.Encoder()
_TAIL = TAIL_BYTES - len(b"\n")


def intact_entries(chunk: bytes, first: int) -> list[Recorded] | None:
    """Give the entries of whole lines, the first at position `first`; None to go line by line."""
    entries = canonical_entries(chunk, first)
    return entries if entries and have_digests(entries, bodies_of(chunk)) else None


def bodies_of(chunk: bytes) -> list[bytes]:
    """Give of each line of the exact form what its digest is of."""
    return [line[:-_TAIL] for line in chunk.split(b"\n")[:-1]]


def have_digests(entries: Sequence[Recorded], bodies: Sequence[bytes]) -> bool:
    """Say whether each line carries the digest of its body."""
    digests = b"".join([sha256(body).digest() for body in bodies])
    return digests.hex() == "".join([each.digest for each in entries])


def canonical_entries(chunk: bytes, first: int) -> list[Recorded] | None:
    """Give the entries of whole lines of the exact form; nobody has looked at their digests."""
    try:
        entries = _decoder.decode_lines(chunk)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    positions = [each.position for each in entries]
    if positions != list(range(first, first + len(entries))):
        return None
    if not all(map(is_recorded_at, {each.recorded_at for each in entries})):
        return None
    return entries if _encoder.encode_lines(entries) == chunk else None
