r"""A reading as it is stored: every path called as `eventstore/hosts.py` says.

`D:\VMs\a.vhdx` on a host that is not the home becomes `\\HV02\D$\VMs\a.vhdx`: where it was found,
where a configuration, a list of VMs or the host itself names it. A configuration that names a disk
by its volume's GUID names it by its drive, if that was read. What headers say is kept as it is.
"""

from typing import TypeVar

from msgspec.structs import replace

from eventstore.events import ExportedSnapshot, SlotDisk
from eventstore.evidence.file_reader import Skipped
from eventstore.evidence.folder import FolderReading
from eventstore.evidence.found_configuration import FoundConfiguration
from eventstore.evidence.found_disk import FoundDisk
from eventstore.evidence.found_export import FoundExport
from eventstore.evidence.found_log import FoundLog
from eventstore.evidence.found_side import FoundSideFile
from eventstore.evidence.powershell import ExportedVm
from eventstore.evidence.vmcx_registry import FoundRegistry
from eventstore.evidence.volumes import Volumes
from eventstore.hosts import Hosts, Naming

Found = TypeVar(
    "Found", FoundDisk, FoundExport, FoundLog, FoundSideFile, Skipped, FoundConfiguration
)


def named(reading: FolderReading, hosts: Hosts, host: str) -> FolderReading:
    """Give what was read as `host`'s with the paths by which files are known in the store."""
    naming, volumes = hosts.naming(host), Volumes(reading.disks)
    return replace(
        reading,
        root_path=naming.path(reading.root_path),
        disks=tuple(_at(each, naming) for each in reading.disks),
        configurations=tuple(
            _configuration(each, naming, volumes) for each in reading.configurations
        ),
        registries=tuple(_registry(each, naming) for each in reading.registries),
        logs=tuple(_at(each, naming) for each in reading.logs),
        exports=tuple(_export(_at(each, naming), hosts, host) for each in reading.exports),
        side_files=tuple(_at(each, naming) for each in reading.side_files),
        unread=tuple(_at(each, naming) for each in reading.unread),
        passed_over=tuple(_at(each, naming) for each in reading.passed_over),
        folders=tuple((place, naming.path(path)) for place, path in reading.folders),
    )


def _at(found: Found, naming: Naming) -> Found:
    path = naming.path(found.path)
    return found if path == found.path else replace(found, path=path)


def _disks(disks: tuple[SlotDisk, ...], naming: Naming) -> tuple[SlotDisk, ...]:
    return tuple(replace(each, path=naming.path(each.path)) for each in disks)


def _configuration(
    found: FoundConfiguration, naming: Naming, volumes: Volumes
) -> FoundConfiguration:
    said, own = found.configuration, naming.at(found.path)
    disks = tuple(replace(each, path=volumes.path(each.path)) for each in said.disks)
    configuration = replace(said, disks=_disks(disks, own), media=_disks(said.media, own))
    return _at(replace(found, configuration=configuration), naming)


def _registry(found: FoundRegistry, naming: Naming) -> FoundRegistry:
    own = naming.at(found.path)
    vms = tuple((vm, own.path(path)) for vm, path in found.vms)
    return replace(found, path=naming.path(found.path), vms=vms)


def _export(found: FoundExport, hosts: Hosts, host: str) -> FoundExport:
    """Each VM is of the computer that it names, else of the one that was asked."""
    export = found.export
    asked = export.computer or next((vm.computer for vm in export.vms if vm.computer), host)
    attached = tuple(map(hosts.naming(asked).path, export.attached))
    vms = tuple(_vm(each, hosts.naming(each.computer or asked)) for each in export.vms)
    return replace(found, export=replace(export, vms=vms, attached=attached))


def _vm(vm: ExportedVm, naming: Naming) -> ExportedVm:
    return replace(
        vm,
        location=naming.path(vm.location) if vm.location else "",
        disks=None if vm.disks is None else _disks(vm.disks, naming),
        snapshots=tuple(_snapshot(each, naming) for each in vm.snapshots),
    )


def _snapshot(told: ExportedSnapshot, naming: Naming) -> ExportedSnapshot:
    return told if told.disks is None else replace(told, disks=_disks(told.disks, naming))
