"""The configuration files that the simulated host writes, shaped like real ones.

A VM's file follows real samples (2008 R2: version 512, 2012 R2: version 1280). A snapshot's file
is the VM's keys of that moment; what names its snapshot, parent and time in a real one is not
public, so those stand below `snapledger_simulated`, and a comment in the file says so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from eventstore.events import Policy
from eventstore.evidence.keytree import Key
from eventstore.evidence.vmconfig import SIMULATED, UNPUBLISHED
from eventstore.ids import SnapshotId, VmId, derive
from eventstore.moments import Moment
from eventstore.simulate.config_xml import node, number, text, xml_file

FORMAT_VERSIONS: Mapping[Policy, int] = {"offline": 512, "live": 1280}

BIN_PLACEHOLDER = b"Snapledger's simulated host: a real .bin holds the VM's memory.\r\n"
VSV_PLACEHOLDER = b"Snapledger's simulated host: a real .vsv holds the state of devices.\r\n"

_COMMENT = f"Written by Snapledger's simulated host; the keys below {SIMULATED} are its own."
_IDE = "_83f8638b-8dca-4152-9eda-2ca8b33039b4_"
_SCSI_DEVICE = "d422512d-2bf2-4752-809d-7b82b5fcb1b4"
_SLOT = re.compile(r"(IDE|SCSI) (\d+):(\d+)")
_EMPTY = {(0, 0): "NONE", (0, 1): "NONE", (1, 0): "ISO", (1, 1): "NONE"}

Places = Mapping[tuple[str, int, int], str]
"""Paths by bus, controller and location."""


class ConfiguredVm(Struct, frozen=True):
    """Whose configuration it is; its files stand below `root`."""

    vm_id: VmId
    policy: Policy
    root: str


def vm_configuration(
    vm: ConfiguredVm,
    *,
    name: str,
    disks: Mapping[str, str],
    snapshots: Sequence[SnapshotId] = (),
    is_merge_pending: bool = False,
) -> bytes:
    r"""Give `Virtual Machines\<vm>.xml`: Now's `disks` by slot, and the VM's snapshots."""
    listed = (text(f"node{index}", each) for index, each in enumerate(snapshots))
    return xml_file(
        *_devices(vm, disks),
        _settings(vm, snapshots=len(snapshots), is_merge_pending=is_merge_pending),
        _properties(vm, name, "Virtual Machines"),
        _logical_id(vm),
        node(SIMULATED, node("snapshots", *listed)),
        comment=_COMMENT,
    )


def snapshot_configuration(
    vm: ConfiguredVm,
    *,
    snapshot: SnapshotId,
    name: str,
    disks: Mapping[str, str],
    parent: SnapshotId | None,
    taken_at: Moment,
) -> bytes:
    r"""Give `Snapshots\<snapshot>.xml`: the `disks` by slot that the snapshot keeps."""
    return xml_file(
        *_devices(vm, disks),
        _settings(vm, snapshots=0, is_merge_pending=False),
        _properties(vm, name, UNPUBLISHED.snapshot_type_id),
        _logical_id(vm),
        node(
            SIMULATED,
            text("snapshot_id", snapshot),
            text("vm_id", vm.vm_id),
            text("parent", parent or ""),
            text("taken_at", taken_at),
        ),
        comment=_COMMENT,
    )


def _devices(vm: ConfiguredVm, disks: Mapping[str, str]) -> Iterator[Key]:
    """Give the controllers with their drives, and the manifest that names the SCSI ones."""
    places = {_place(slot): path for slot, path in disks.items()}
    yield node(_IDE, *(_ide_controller(controller, vm.policy, places) for controller in range(2)))
    last = max((controller for bus, controller, _ in places if bus == "SCSI"), default=0)
    instances = [derive(vm.vm_id, "scsi", controller).lower() for controller in range(last + 1)]
    for controller, instance in enumerate(instances):
        drives = _scsi_drives(controller, vm.policy, places)
        yield node(f"_{instance}_", text("ElementName", "SCSI Controller"), *drives)
    entries = (_manifest_entry(index, each) for index, each in enumerate(instances, start=1))
    yield node("manifest", number("size", len(instances)), *entries)


def _place(slot: str) -> tuple[str, int, int]:
    if found := _SLOT.fullmatch(slot):
        return found[1], int(found[2]), int(found[3])
    message = f"expected a slot like 'IDE 0:0' or 'SCSI 0:0', got {slot!r}"
    raise ValueError(message)


def _ide_controller(controller: int, policy: Policy, places: Places) -> Key:
    drives = (
        _drive(at, places.get(("IDE", controller, at)), policy, empty=_EMPTY[controller, at])
        for at in range(2)
    )
    return node(f"controller{controller}", *drives)


def _scsi_drives(controller: int, policy: Policy, places: Places) -> Iterator[Key]:
    taken = sorted(at for bus, number, at in places if (bus, number) == ("SCSI", controller))
    if taken:
        drives = (_drive(at, places["SCSI", controller, at], policy) for at in taken)
        yield node("controller0", *drives)


def _drive(at: int, path: str | None, policy: Policy, *, empty: str = "NONE") -> Key:
    limits = (number("iops_limit", 0), number("iops_reservation", 0)) if policy == "live" else ()
    return node(
        f"drive{at}",
        *(limits if path else ()),
        text("pathname", path or ""),
        text("type", "VHD" if path else empty),
    )


def _manifest_entry(index: int, instance: str) -> Key:
    return node(
        f"vdev{index:03}",
        text("device", _SCSI_DEVICE),
        number("flags", 1),
        text("instance", instance),
        text("name", "Microsoft Synthetic SCSI Controller"),
    )


def _settings(vm: ConfiguredVm, *, snapshots: int, is_merge_pending: bool) -> Key:
    return node(
        "global_settings",
        Key("disk_merge_pending", "bool", is_merge_pending),
        node(
            "snapshots",
            text("data_root", vm.root),
            node("list", number("size", snapshots)),
        ),
    )


def _properties(vm: ConfiguredVm, name: str, type_id: str) -> Key:
    return node(
        "properties",
        text("global_id", vm.vm_id),
        text("name", name),
        text("type_id", type_id),
        number("version", FORMAT_VERSIONS[vm.policy]),
    )


def _logical_id(vm: ConfiguredVm) -> Key:
    return node("settings", node("global", text("logical_id", vm.vm_id)))
