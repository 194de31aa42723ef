"""Many lines at once: what `line` asks of each of them, in few steps of Python.

One call decodes a whole chunk and another encodes what came of it. When the bytes are the same
again, every line has each of its keys once, in order, without a space between. Only what is surely
intact is taken; of anything else `line` has the last word, line by line.
"""

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
    if entries is None:
        return None
    *lines, _ = chunk.split(b"\n")
    digests = b"".join([sha256(line[:-_TAIL]).digest() for line in lines])
    return entries if digests.hex() == "".join([each.digest for each in entries]) else None


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
