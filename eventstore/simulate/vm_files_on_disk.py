"""Configuration and saved-state files of all VMs, kept in a folder as the machines' state says."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

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

if TYPE_CHECKING:
    from eventstore.ids import VmId

_Files = dict[PathKey, VmFile]


class VmFilesOnDisk:
    r"""Writes and removes the files of rule R0 below `folder`; see `WindowsFolder` for places.

    `machines` are those whose files stand there from an earlier run. A VM that is known from
    evidence alone is left out: its files are somebody's, and not ours to write.
    """

    def __init__(self, folder: Path, machines: Iterable[Machine]) -> None:
        self._folder = WindowsFolder(folder)
        self._standing: dict[VmId, _Files] = {each.id: _files(each) for each in machines}
        self._written: dict[VmId, Machine] = {}

    def update(self, machines: Iterable[Machine]) -> None:
        """Make the folder equal to the state of `machines`; raises OSError and BadInput.

        Of those that are as they were when last looked at nothing is read or written.
        """
        changed = [each for each in machines if self._written.get(each.id) is not each]
        wanted = {machine.id: _files(machine) for machine in changed}
        kept = {key for files in wanted.values() for key in files}
        for vm in wanted:
            for key, file in reversed(self._standing.get(vm, {}).items()):
                if key not in kept:
                    self._remove(file)
        for machine in changed:
            for file in wanted[machine.id].values():
                self._write(machine, file)
            self._standing[machine.id] = wanted[machine.id]
            self._written[machine.id] = machine

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


def _files(machine: Machine) -> _Files:
    if machine.is_present and not machine.is_observed:
        return {path_key(file.path): file for file in machine.files}
    return {}


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
