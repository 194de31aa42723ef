r"""Names, places and identities of the disks that Hyper-V makes (rule R10).

`<base>_<GUID>.avhd` beside its parent, the GUID in upper case and none of the snapshot's.
"""

from eventstore.disk_rules import Neighbours, ancestors
from eventstore.errors import Refused
from eventstore.events import NewDisk
from eventstore.ids import derive
from eventstore.machine import Machine
from eventstore.paths import PathKey, beside, path_key, stem_of, suffix_of

AUTOMATIC_SUFFIX = {".vhd": ".avhd", ".avhd": ".avhd", ".vhdx": ".avhdx", ".avhdx": ".avhdx"}


def new_disk(
    machine: Machine,
    neighbours: Neighbours,
    slot: str,
    parent: PathKey,
    *,
    seed: str,
    chosen: str | None,
) -> NewDisk:
    """Give the differencing disk of `parent` for `slot`, at `chosen` or at a derived place."""
    parent_path = machine.path(parent)
    suffix = AUTOMATIC_SUFFIX.get(suffix_of(parent_path), ".avhd")
    name = f"{_base_name(machine, parent)}_{derive(seed, slot, 'file')}{suffix}"
    path = chosen or beside(parent_path, name)
    if suffix_of(path) != suffix:
        raise Refused(f"a differencing disk of {parent_path} ends in {suffix}: {path} does not")
    key = path_key(path)
    if neighbours.have(key) or (key in machine.disks and not machine.disks[key].is_lost):
        raise Refused(f"{path} exists already")
    return NewDisk(slot, path, parent_path, _identity(machine, parent, seed, slot, suffix))


def _base_name(machine: Machine, key: PathKey) -> str:
    """Give the name of the user's own disk at the bottom of the automatic ones."""
    for disk in (machine.disks[key], *(machine.disks[up] for up in ancestors(machine, key))):
        if not disk.is_automatic:
            return stem_of(disk.path)
    return stem_of(machine.path(key))


def _identity(machine: Machine, parent: PathKey, seed: str, slot: str, suffix: str) -> str | None:
    """A VHD has an id of its own; a VHDX has its parent's VirtualDiskId."""
    if suffix == ".avhdx":
        return machine.disks[parent].disk_id
    return derive(seed, slot, "disk")
