"""Exports of the Hyper-V cmdlets as the walk found them, known by what they carry."""

import os
from hashlib import sha256
from typing import BinaryIO

from msgspec import Struct
from msgspec.json import encode

from eventstore.errors import UnreadableExport
from eventstore.events import HostExportSeen, VmExportSeen
from eventstore.evidence.found_disk import moment_of_nanoseconds
from eventstore.evidence.powershell import MARKERS, Export, ExportedVm, read_export
from eventstore.evidence.powershell_json import SIZE_MAX_BYTES, is_json
from eventstore.ids import export_stream, vm_stream
from eventstore.moments import Moment

HEAD_BYTES = 4096

EVENT_BYTES_MAX = 500_000
"""What one file tells of a VM, or of a host beside its VMs: it must fit into a batch of the log."""


class FoundExport(Struct, frozen=True):
    """A file of JSON that tells of VMs; `is_dated` when it says itself when it was asked for."""

    found_at: str
    path: str
    sha256: str
    asked_at: Moment
    is_dated: bool
    export: Export

    def events(self) -> tuple[tuple[str, VmExportSeen | HostExportSeen], ...]:
        """Give what is told of each VM, and what of the host, each with its stream."""
        of_host = self._of_host()
        of_vms = ((vm_stream(vm.id), self._of_vm(vm)) for vm in self.export.vms)
        return (*of_vms, (export_stream(of_host.computer), of_host))

    def _of_host(self) -> HostExportSeen:
        computers = [self.export.computer, *(vm.computer for vm in self.export.vms)]
        return HostExportSeen(
            computer=next(filter(None, computers), ""),
            path=self.path,
            found_at=self.found_at,
            vms=len(self.export.vms),
            attached=self.export.attached,
            untold=self.export.untold,
            sha256=self.sha256,
            nodes=self.export.nodes,
        )

    def _of_vm(self, vm: ExportedVm) -> VmExportSeen:
        return VmExportSeen(
            name=vm.name,
            path=self.path,
            found_at=self.found_at,
            computer=vm.computer or self.export.computer,
            power=vm.power,
            location=vm.location,
            disks=vm.disks,
            parent=vm.parent,
            is_parent_known=vm.is_parent_known,
            snapshots=vm.snapshots,
            has_all_snapshots=vm.has_all_snapshots,
            is_merging_on=vm.is_merging_on,
            sha256=self.sha256,
        )


def examine_export(file: BinaryIO, found_at: str, path: str) -> FoundExport | None:
    """Read an open file, None when it is no export; raises OSError and UnreadableExport.

    What does not say when it was asked for is as old as its file.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not is_json(head):
        return None
    data = head + file.read(SIZE_MAX_BYTES + 1 - len(head))
    if not _is_marked(data):
        return None
    export = read_export(data)
    if export is None:
        return None
    modified_at = moment_of_nanoseconds(os.fstat(file.fileno()).st_mtime_ns)
    found = FoundExport(
        found_at=found_at,
        path=path,
        sha256=sha256(data).hexdigest(),
        asked_at=export.asked_at or modified_at,
        is_dated=export.asked_at is not None,
        export=export,
    )
    for stream, event in found.events():
        if len(encode(event)) > EVENT_BYTES_MAX:
            raise UnreadableExport(f"tells more than {EVENT_BYTES_MAX:,} bytes of {stream}")
    return found


def _is_marked(data: bytes) -> bool:
    """Tell whether a property of Hyper-V is named, in either encoding; most JSON is of others."""
    narrow = data.replace(b"\0", b"") if b"\0" in data[:HEAD_BYTES] else data
    return any(marker in narrow for marker in MARKERS)
