"""The keys of a configuration that nothing here understands: kept as they stand, for who will.

Nobody has published a snapshot's configuration. The first real one that is recorded leaves its
unknown names and values in the log, and a row of `vmconfig.UNPUBLISHED` is all it then takes.
"""

from collections.abc import Collection, Iterator

from eventstore.evidence.keytree import Key
from eventstore.ids import guid

KEYS_MAX = 200
"""Real files of VMs have 20 to 30 of them."""

VALUE_MAX = 1_000
"""Characters kept of one value: notes may be long."""

CHARACTERS_MAX = 20_000
"""Of names and values in all; one event must fit into a batch of the log."""

HARDWARE = frozenset(
    (
        "manifest",
        "global_settings/metrics",
        "settings/memory",
        "settings/processors",
        "settings/topology",
        "settings/vnuma",
    )
)
"""Not kept, as the nodes called by a device's GUID are not: nothing here is about snapshots."""

REST = "and so many more keys"


def other_keys(tree: Key, understood: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Give path and value of every leaf that is no hardware, and not at or below `understood`."""
    kept: list[tuple[str, str]] = []
    room = CHARACTERS_MAX
    found = [*_leaves(tree, "", understood)]
    for path, value in found:
        room -= len(path) + len(value)
        if room < 0 or len(kept) == KEYS_MAX:
            return (*kept, (REST, str(len(found) - len(kept))))
        kept.append((path, value))
    return tuple(kept)


def _leaves(key: Key, above: str, understood: Collection[str]) -> Iterator[tuple[str, str]]:
    for child in key.children:
        path = f"{above}/{child.name}" if above else child.name
        if path in understood or path in HARDWARE or guid(child.name.strip("_")):
            continue
        if child.declared:
            yield path, _told(child)
        yield from _leaves(child, path, understood)


def _told(leaf: Key) -> str:
    value = leaf.value.hex() if isinstance(leaf.value, bytes) else str(leaf.value)
    return value if len(value) <= VALUE_MAX else f"{value[:VALUE_MAX]}…"
