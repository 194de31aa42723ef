"""Histories told command by command, for tests that read like the rule they state.

`Story` obeys `decide` and keeps what the log would hold: `recorded`. Snapshots have their name
for an id, and new disks have names that say where they come from, so that assertions read well:
take "S1" of web01 makes `after-S1.avhd` (in a second slot `after-S1@1.avhd`), apply makes
`apply1-S1.avhd`, and so on.
"""

from typing import Self

from eventstore.codec import encode
from eventstore.commands import (
    ApplySnapshot,
    AttachDisk,
    Command,
    DeleteSnapshot,
    DeleteSubtree,
    DetachDisk,
    FailMerge,
    FinishMerges,
    HoldMerges,
    PauseVm,
    RegisterVm,
    RemoveVm,
    RenameSnapshot,
    ResetVm,
    RestartVm,
    ResumeVm,
    Revert,
    SaveVm,
    ShutDownVm,
    StartVm,
    TakeSnapshot,
    TurnOffVm,
)
from eventstore.decide import decide
from eventstore.entry import Entry, Recorded
from eventstore.events import Event, Policy, Power, SlotDisk
from eventstore.fleet import Fleet, fold
from eventstore.ids import SnapshotId, VmId, derive, host_stream, vm_stream
from eventstore.machine import Heads, Machine, When
from eventstore.moments import Moment, later
from eventstore.paths import PathKey, path_key, suffix_of

START = Moment("2010-09-26T06:00:00.000000Z")
ORIGIN = "11111111-1111-1111-1111-111111111111"
FOLDER = "C:\\VMs\\"
SLOTS = ("IDE 0:0", "IDE 0:1", "IDE 1:0", "IDE 1:1")


def disk(name: str) -> str:
    r"""Give the path of a disk in `C:\VMs` by its short name."""
    return name if ":" in name else FOLDER + name


def key(name: str) -> PathKey:
    return path_key(disk(name))


def short(path: str | PathKey) -> str:
    """Give the short, lower-case name of a disk in the stories' folder."""
    return path.lower().removeprefix(FOLDER.lower())


class Story:
    """What happened to the VMs of one host, one minute a command."""

    def __init__(self) -> None:
        self.recorded: list[Recorded] = []
        self.fleet = Fleet()
        self.at = START
        self._vm = VmId("")
        self._applies = 0

    @property
    def machine(self) -> Machine:
        return self.fleet.machines[self._vm]

    # --- one line a command -----------------------------------------------------------------

    def vm(
        self, name: str, *paths: str, policy: Policy = "offline", merge_on_save: bool = True
    ) -> Self:
        """Register a VM, or speak of one again when it exists."""
        self._vm = VmId(derive(name))
        if self._vm in self.fleet.machines:
            return self
        disks = tuple(
            SlotDisk(slot, disk(path), derive("id", path), self.fleet.ancestor_paths(disk(path)))
            for slot, path in zip(SLOTS, paths, strict=False)
        )
        return self.command(RegisterVm(name, policy, FOLDER.rstrip("\\"), merge_on_save, disks))

    def start(self) -> Self:
        return self.command(StartVm())

    def shut_down(self) -> Self:
        return self.command(ShutDownVm())

    def turn_off(self) -> Self:
        return self.command(TurnOffVm())

    def save(self) -> Self:
        return self.command(SaveVm())

    def pause(self) -> Self:
        return self.command(PauseVm())

    def resume(self) -> Self:
        return self.command(ResumeVm())

    def reset(self) -> Self:
        return self.command(ResetVm())

    def restart(self) -> Self:
        return self.command(RestartVm())

    def take(self, name: str, *, production: bool = False) -> Self:
        paths = self._paths(f"after-{name}", self.machine.now.heads)
        return self.command(TakeSnapshot(SnapshotId(name), name, name, production, paths))

    def apply(self, name: str) -> Self:
        self._applies += 1
        snapshot = self.machine.snapshots.get(SnapshotId(name))
        heads = snapshot.heads if snapshot else {}
        paths = self._paths(f"apply{self._applies}-{name}", heads)
        return self.command(ApplySnapshot(SnapshotId(name), f"{self._applies}", paths))

    def revert(self) -> Self:
        self._applies += 1
        return self.command(Revert(f"{self._applies}"))

    def rename(self, name: str, new: str) -> Self:
        return self.command(RenameSnapshot(SnapshotId(name), new))

    def delete(self, name: str) -> Self:
        return self.command(DeleteSnapshot(SnapshotId(name)))

    def delete_subtree(self, name: str) -> Self:
        return self.command(DeleteSubtree(SnapshotId(name)))

    def attach(self, slot: str, path: str) -> Self:
        ancestors = self.fleet.ancestor_paths(disk(path))
        return self.command(AttachDisk(SlotDisk(slot, disk(path), derive("id", path), ancestors)))

    def detach(self, slot: str) -> Self:
        return self.command(DetachDisk(slot))

    def remove(self) -> Self:
        return self.command(RemoveVm())

    def hold_merges(self) -> Self:
        return self.command(HoldMerges())

    def finish_merges(self) -> Self:
        return self.command(FinishMerges())

    def fail_merge(self, code: str = "0x80070070") -> Self:
        return self.command(FailMerge(code))

    # --- how it is done -----------------------------------------------------------------------

    def command(self, command: Command) -> Self:
        """Decide on `command` for the current VM and record what it causes."""
        machine = self.fleet.machines.get(self._vm) or Machine(self._vm)
        events = decide(machine, command, self.fleet.neighbours(self._vm))
        return self.happened(*events)

    def by_hand(self, *events: Event) -> Self:
        """Record what hands or accidents did to files."""
        return self.happened(*events, stream=host_stream(ORIGIN))

    def happened(self, *events: Event, stream: str = "", at: Moment | None = None) -> Self:
        """Record `events` as one batch, as evidence would, whatever the rules say of them."""
        stream = stream or vm_stream(self._vm)
        when = at or self.at
        first = len(self.recorded) + 1
        for position, event in enumerate(events, start=first):
            batch = (first, first + len(events) - 1)
            self.recorded.append(_recorded(position, batch, stream, event, when))
            self.fleet.evolve(stream, event, When(when, position))
        if at is None:
            self.at = later(self.at, minutes=1)
        return self

    def as_learned(self) -> Fleet:
        """Fold everything anew, in the order in which it happened."""
        return fold(self.recorded)

    # --- what to assert on ----------------------------------------------------------------------

    @property
    def power(self) -> Power | None:
        return self.machine.power

    @property
    def disks(self) -> dict[str, str | None]:
        """The disks of the current VM by short name, each with its parent's."""
        return {
            short(name): short(each.parent) if each.parent else None
            for name, each in self.machine.disks.items()
        }

    @property
    def tree(self) -> dict[str, str | None]:
        """The snapshots of the current VM and `now`, each with its parent."""
        machine = self.machine
        parents: dict[str, str | None] = {s.id: s.parent for s in machine.snapshots.values()}
        return parents | {"now": machine.now.parent}

    @property
    def heads(self) -> dict[str, str]:
        """The first slot's head of every snapshot and of `now`, by short name."""
        slot = SLOTS[0]
        owners: dict[str, Heads] = {s.id: s.heads for s in self.machine.snapshots.values()}
        owners["now"] = self.machine.now.heads
        return {owner: short(heads[slot]) for owner, heads in owners.items() if slot in heads}

    def _paths(self, name: str, heads: dict[str, PathKey]) -> dict[str, str]:
        paths: dict[str, str] = {}
        for number, (slot, head) in enumerate(heads.items()):
            suffix = ".avhdx" if suffix_of(self.machine.path(head)).endswith("x") else ".avhd"
            paths[slot] = disk(f"{name}{f'@{number}' if number else ''}{suffix}")
        return paths


def _recorded(
    position: int, batch: tuple[int, int], stream: str, event: Event, at: Moment
) -> Recorded:
    new = encode(event, event_id=derive(stream, position), occurred_at=at)
    entry = Entry(
        ORIGIN, stream, position, new.id, new.type, at, None, None, new.data, prev="0" * 64
    )
    return Recorded(position, at, batch, position - 1, entry, "0" * 64)
