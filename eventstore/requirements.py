"""What a command needs before it can be obeyed; each refusal says what came and what is missing."""

import re
from collections.abc import Iterable

from eventstore.disk_rules import ancestors
from eventstore.errors import Refused
from eventstore.events import SlotDisk
from eventstore.ids import SnapshotId
from eventstore.machine import Heads, Machine, Snapshot
from eventstore.paths import suffix_of

NAME_UNITS_MAX = 100
"""Hyper-V's limit for a snapshot's name, in UTF-16 units."""

_SLOT = re.compile(r"IDE [01]:[01]|SCSI [0-3]:([0-9]|[1-5][0-9]|6[0-3])")


def require_snapshot(machine: Machine, snapshot: SnapshotId) -> Snapshot:
    if snapshot not in machine.snapshots:
        raise Refused(f"{machine.name} has no snapshot {snapshot}")
    return machine.snapshots[snapshot]


def require_no_merge(machine: Machine, deed: str) -> None:
    """R7: while a merge runs, take and apply are refused."""
    for merge in machine.merging:
        child, into = machine.path(merge.child), machine.path(merge.into)
        raise Refused(f"{machine.name} cannot {deed}: {child} is being merged into {into}")


def require_chains_present(machine: Machine, heads: Heads, deed: str) -> None:
    """Every file below a head must stand at its place, or the disk cannot be opened."""
    for head in heads.values():
        for key in (head, *ancestors(machine, head)):
            if key in machine.disks and machine.disks[key].is_lost:
                raise Refused(
                    f"{machine.name} cannot {deed}: {machine.path(key)} is missing from the chain "
                    f"of {machine.path(head)} (0xC03A000D, parent not found)"
                    if key != head
                    else f"{machine.name} cannot {deed}: {machine.path(key)} is missing "
                    "(0x80070002, file not found)"
                )


def require_name(name: str, what: str = "a snapshot's name") -> str:
    units = len(name.encode("utf-16-le", "surrogatepass")) // 2
    if not 1 <= units <= NAME_UNITS_MAX:
        raise Refused(f"{what} has 1 to {NAME_UNITS_MAX} characters, this one {units}")
    if len(name.splitlines()) != 1 or name.splitlines()[0] != name:
        raise Refused(f"{what} has no line break")
    return name


def require_slots_known(machine: Machine, heads: Heads, slots: Iterable[str]) -> None:
    for slot in slots:
        if slot not in heads:
            raise Refused(
                f"{machine.name} has no disk in {slot}; it has {', '.join(heads) or 'no disk'}"
            )


def require_slot(slot: str) -> None:
    if not _SLOT.fullmatch(slot):
        raise Refused(f"{slot!r} is no slot; expected one like 'IDE 0:0' or 'SCSI 0:0'")


def require_format(machine: Machine, disk: SlotDisk) -> None:
    """VHDX came with 2012: the offline policy knows VHD alone."""
    if machine.policy == "offline" and suffix_of(disk.path) in {".vhdx", ".avhdx"}:
        raise Refused(f"{disk.path}: policy offline (2008, 2008 R2) knows no VHDX; use policy=live")
