"""The key tree of a VMCX file: the same `Key` that the XML carrier gives."""

from collections.abc import Iterator
from io import BytesIO
from struct import unpack

from msgspec import Struct

from eventstore.errors import NotAConfiguration
from eventstore.evidence.keytree import DEPTH_MAX, KEYS_MAX, SIZE_MAX_BYTES, Key, Value
from eventstore.evidence.vmcx import Storage
from eventstore.evidence.vmcx_layout import (
    ARRAY,
    BOOL,
    DOUBLE,
    FREE,
    INT,
    NODE,
    ROOT,
    STRING,
    UINT,
    Entry,
    Place,
)
from eventstore.text import storable

_DECLARED = {
    INT: "integer",
    UINT: "integer",
    DOUBLE: "double",
    STRING: "string",
    ARRAY: "bytes",
    BOOL: "bool",
}


class Carried(Struct, frozen=True):
    """What a file carries: the topmost keys stand below `root`, which has no name.

    `doubts` say why a newer or fuller state may exist than the one that was read.
    """

    root: Key
    doubts: tuple[str, ...]


def parse_vmcx(data: bytes) -> Carried:
    """Give the key tree of a VMCX file; raises NotAConfiguration and nothing else.

    Children stand in the order in which they were inserted.
    """
    if len(data) > SIZE_MAX_BYTES:
        raise NotAConfiguration(
            f"expected a configuration of at most {SIZE_MAX_BYTES} bytes, got {len(data)}"
        )
    storage = Storage(BytesIO(data), len(data))
    children: dict[Place, list[Entry]] = {}
    free: list[Entry] = []
    for number, entry in enumerate(storage.entries()):
        if number >= KEYS_MAX:
            raise NotAConfiguration(
                f"expected at most {KEYS_MAX} keys, got more at offset {entry.at}"
            )
        if entry.kind == FREE:
            free.append(entry)
        else:
            children.setdefault(entry.parent, []).append(entry)
    root = Key("", children=_below(storage, children, ROOT, 0))
    # What was reached was taken out: the rest hangs on no node, or in a circle.
    lost = min((entry.at for left in children.values() for entry in left), default=None)
    if lost is not None:
        raise NotAConfiguration(f"key at offset {lost}: expected a node above it, got none")
    return Carried(root, (*storage.doubts, *_half_free(free)))


def _half_free(entries: list[Entry]) -> Iterator[str]:
    """Say so when room is free and yet has a key's checksum: Hyper-V leaves none there."""
    if entries:
        yield (
            f"key at offset {entries[0].at} is free, but has a checksum like one in use "
            f"(so have {len(entries) - 1} more)"
        )


def _below(
    storage: Storage, children: dict[Place, list[Entry]], parent: Place, depth: int
) -> tuple[Key, ...]:
    """Give the keys below `parent`, and take them out of `children`."""
    entries = sorted(children.pop(parent, ()), key=lambda entry: (entry.order, entry.at))
    if entries and depth >= DEPTH_MAX:
        raise NotAConfiguration(
            f"expected keys at most {DEPTH_MAX} deep, got more at offset {entries[0].at}"
        )
    return tuple(
        Key(entry.name, children=_below(storage, children, entry.place, depth + 1))
        if entry.kind == NODE
        else Key(entry.name, _DECLARED[entry.kind], _value(storage, entry))
        for entry in entries
    )


def _value(storage: Storage, entry: Entry) -> Value:
    match entry.kind:
        case kind if kind == STRING:
            return _text(storage.value(entry), entry.at)
        case kind if kind == ARRAY:
            return storage.value(entry)
        case _ if entry.is_elsewhere:
            raise NotAConfiguration(
                f"key at offset {entry.at}: expected its number in place, got a pointer"
            )
        case kind if kind == DOUBLE:
            return repr(unpack("<d", entry.data)[0])
        case kind if kind == BOOL:
            return any(entry.data)
        case kind:
            return int.from_bytes(entry.data, "little", signed=kind == INT)


def _text(raw: bytes, at: int) -> str:
    if len(raw) % 2:
        raise NotAConfiguration(
            f"key at offset {at}: expected UTF-16 text, got {len(raw)} bytes, an odd number"
        )
    return storable(raw.decode("utf-16-le", "surrogatepass").rstrip("\0"))
