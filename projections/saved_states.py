"""Verdicts on the memory of snapshots and VMs: files that are gone while somebody counts on them.

A snapshot with memory is applied by reading it back: BIN and VSV, or VMRS since 2016. Without them
its disks can still be read, and the VM cannot be brought back as it ran.
"""

from collections import defaultdict
from collections.abc import Iterator

from msgspec.structs import replace

from eventstore.machine import Machine, Snapshot, When
from eventstore.paths import folder_of, joined, name_of, path_key
from eventstore.readings import seen_of, standing
from eventstore.side_files import SideFile, owner_of
from projections.case import Case, because
from projections.completeness import has_own_history
from projections.finding import Finding
from projections.walks import last_walk

_STATES = frozenset({"memory", "devices", "runtime_state"})

_STEP = (
    "Put the file back from a backup of the same moment, before anybody applies or starts this. "
    "Without it only the disks come back, as after a loss of power: then delete the saved state "
    "first, and start from the disks."
)


def lost_states(case: Case) -> Iterator[Finding]:
    """Judge saved states that were known and are not there any more."""
    gone: defaultdict[str, list[SideFile]] = defaultdict(list)
    for side in case.fleet.side_files.values():
        owner = owner_of(side.seen.path)
        if side.gone and owner and _held_memory(side):
            gone[owner].append(side)
    for machine in case.fleet.machines.values():
        if machine.is_present:
            yield from _of_now(case, machine, gone[machine.id])
            for snapshot in machine.snapshots.values():
                yield from _of_snapshot(case, machine, snapshot, gone[snapshot.id])


def _held_memory(side: SideFile) -> bool:
    """Every VM of 2016 and later has a VMRS, and few of them hold memory."""
    is_empty = side.seen.kind == "runtime_state" and not side.seen.has_saved_state
    return side.seen.kind in _STATES and not is_empty


def _of_now(case: Case, machine: Machine, gone: list[SideFile]) -> Iterator[Finding]:
    """BIN and VSV go when a VM stops; only one that is saved, by its history, needs them."""
    if machine.power == "saved" and has_own_history(machine):
        for side in gone:
            text = f"{case.name(machine.id)} is saved, and its memory is gone from its place."
            yield _finding(case, machine, side.seen.path, text, side.gone)


def _of_snapshot(
    case: Case, machine: Machine, snapshot: Snapshot, gone: list[SideFile]
) -> Iterator[Finding]:
    gone = [side for side in gone if not _moved_along(case, machine, snapshot, side)]
    whose = f'Snapshot "{snapshot.name}" of {case.name(machine.id)}'
    text = f"{whose} was taken with memory, and the file that holds it is gone."
    for side in gone:
        yield _finding(case, machine, side.seen.path, text, snapshot.taken, side.gone)
    if gone or not snapshot.has_saved_state or not has_own_history(machine):
        return
    for file in machine.files:
        if (file.kind, file.owner) == ("memory", snapshot.id) and _is_sought(case, file.path):
            for reading in standing(machine, snapshot.id)[:1]:
                if reading.of_snapshot and not reading.of_snapshot.has_saved_state:
                    yield _finding(case, machine, file.path, text, snapshot.taken, reading.when)


def _moved_along(case: Case, machine: Machine, snapshot: Snapshot, side: SideFile) -> bool:
    """Tell whether the same file stands beside the configuration that counts.

    Its VM was moved, to another folder or another host; a copy elsewhere is of no use to it.
    """
    name = name_of(side.seen.path)
    for reading in standing(machine, snapshot.id)[:1]:
        folder = folder_of(seen_of(reading).path)
        for place in (joined(folder, name), joined(folder, name.rpartition(".")[0], name)):
            found = case.fleet.side_files.get(path_key(place))
            if found is not None and found.gone is None:
                return True
    return False


def _is_sought(case: Case, path: str) -> bool:
    """Tell whether a walk would have found the file; who copies evidence leaves memory out."""
    collected = any(side.seen.kind in _STATES for side in case.fleet.side_files.values())
    return collected and last_walk(case.walks, path) is not None


def _finding(case: Case, machine: Machine, path: str, text: str, *whens: When | None) -> Finding:
    found = case.finding_on_vm(machine.id, "missing", (because(text, *whens),), next_step=_STEP)
    return replace(found, path=path)
