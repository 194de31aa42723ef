"""What the benchmark stores: the life of a VM, told by the rules, as long as one likes.

Round by round the VM is started, snapshotted twice, a snapshot renamed, now and then an older one
applied, the oldest deleted; it is shut down, which merges what the deletions left.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TypeVar

from msgspec import Raw

from eventstore.entry import NewEntry, Recorded
from eventstore.ids import VmId, derive, vm_stream
from tests.story import Story

SNAPSHOTS_KEPT = 10
APPLY_EVERY = 5
MIXED_BATCH = 20

NAME = "web01"
STREAM = vm_stream(VmId(derive(NAME)))
_FOLDER = rb"C:\\VMs" + b"\\\\"

T = TypeVar("T")


@cache
def life(length: int) -> tuple[Recorded, ...]:
    """Give the first `length` entries of a VM's life."""
    story = Story().vm(NAME, f"{NAME}.vhd")
    number = 0
    while len(story.recorded) < length:
        number += 1
        _one_round(story, number)
    return tuple(story.recorded[:length])


def as_new(recorded: Recorded) -> NewEntry:
    """Give an entry as it is appended."""
    entry = recorded.entry
    return NewEntry(entry.id, entry.type, entry.occurred_at, entry.data)


def mixed(entries: int, vms: int) -> Iterator[tuple[str, int, list[NewEntry]]]:
    """Tell the lives of `vms` in turn, each in its own folder: stream, revision before, batch."""
    shared = [as_new(each) for each in life(entries // vms)]
    for begin in range(0, len(shared), MIXED_BATCH):
        some = shared[begin : begin + MIXED_BATCH]
        for vm in range(vms):
            yield vm_stream(VmId(derive("vm", vm))), begin, [_moved(each, vm) for each in some]


def cut(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Give `items` in batches of `size`."""
    return (items[begin : begin + size] for begin in range(0, len(items), size))


def _one_round(story: Story, number: int) -> None:
    story.start()
    for half in ("a", "b"):
        story.take(derive(half, number))
    story.rename(derive("a", number), f"before update {number}")
    if number % APPLY_EVERY == 0:
        story.apply(derive("b", number - 2)).start()
    by_age = sorted(story.machine.snapshots.values(), key=lambda each: each.taken)
    for snapshot in by_age[:-SNAPSHOTS_KEPT]:
        story.delete(snapshot.id)
    story.shut_down()


def _moved(entry: NewEntry, vm: int) -> NewEntry:
    data = bytes(entry.data).replace(_FOLDER, _FOLDER + b"vm%d\\\\" % vm)
    return NewEntry(entry.id, entry.type, entry.occurred_at, Raw(data))
