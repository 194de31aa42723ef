"""Configuration and saved-state files of all VMs, kept in a folder as the machines' state says."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import assert_never

from eventstore.disk_rules import pending
from eventstore.machine import Heads, Machine, VmFile
from eventstore.paths import PathKey, path_key
from eventstore.simulate.config_files import (
    BIN_PLACEHOLDER,
    VSV_PLACEHOLDER,
    ConfiguredVm,
    snapshot_configuration,
    vm_configuration,
)
from eventstore.simulate.windows_folder import WindowsFolder


class VmFilesOnDisk:
    r"""Writes and removes the files of rule R0 below `folder`; see `WindowsFolder` for places.

    `machines` are those whose files stand there from an earlier run. A VM that is known from
    evidence alone is left out: its files are somebody's, and not ours to write.
    """

    def __init__(self, folder: Path, machines: Iterable[Machine]) -> None:
        self._folder = WindowsFolder(folder)
        self._standing = dict(_files(machines))

    def update(self, machines: Iterable[Machine]) -> None:
        """Make the folder equal to the state of `machines`; raises OSError and BadInput."""
        machines = tuple(machines)
        wanted = dict(_files(machines))
        for key, (_, file) in reversed(self._standing.items()):
            if key not in wanted:
                self._remove(file)
        for machine, file in wanted.values():
            self._write(machine, file)
        self._standing = wanted

    def _remove(self, file: VmFile) -> None:
        place = self._folder.place(file.path)
        if file.kind != "folder":
            place.unlink(missing_ok=True)
        elif place.is_dir() and not any(place.iterdir()):
            place.rmdir()

    def _write(self, machine: Machine, file: VmFile) -> None:
        place = self._folder.make_room(file.path)
        if file.kind == "folder":
            place.mkdir(exist_ok=True)
            return
        content = _content(machine, file)
        if not place.is_file() or place.read_bytes() != content:
            place.write_bytes(content)


def _files(machines: Iterable[Machine]) -> Iterator[tuple[PathKey, tuple[Machine, VmFile]]]:
    for machine in machines:
        if machine.is_present and not machine.is_observed:
            yield from ((path_key(file.path), (machine, file)) for file in machine.files)


def _content(machine: Machine, file: VmFile) -> bytes:
    match file.kind:
        case "config":
            return _configuration(machine, file)
        case "memory":
            return BIN_PLACEHOLDER
        case "devices" | "folder":
            return VSV_PLACEHOLDER
        case _:
            assert_never(file.kind)


def _configuration(machine: Machine, file: VmFile) -> bytes:
    vm = ConfiguredVm(machine.id, machine.policy, machine.root)
    taken = sorted(machine.snapshots.values(), key=lambda each: each.taken)
    if file.owner == "now":
        return vm_configuration(
            vm,
            name=machine.name,
            disks=_disks(machine, machine.now.heads),
            snapshots=[each.id for each in taken],
            is_merge_pending=bool(machine.merging or pending(machine)),
        )
    snapshot = machine.snapshots[file.owner]
    return snapshot_configuration(
        vm,
        snapshot=snapshot.id,
        name=snapshot.name,
        disks=_disks(machine, snapshot.heads),
        parent=snapshot.parent,
        taken_at=snapshot.taken.at,
    )


def _disks(machine: Machine, heads: Heads) -> dict[str, str]:
    return {slot: machine.path(key) for slot, key in heads.items()}
