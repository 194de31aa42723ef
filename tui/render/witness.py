"""One file of evidence that is no disk, as lines."""

import re
from collections.abc import Iterable, Iterator
from typing import assert_never

from eventstore.events import (
    SideFileSeen,
    SlotDisk,
    SnapshotConfigurationSeen,
    VmConfigurationSeen,
)
from eventstore.evidence.log_records import Span
from eventstore.evidence.powershell import Export, ExportedVm
from eventstore.paths import name_of
from projections.narrate_logs import channel_told
from projections.phrases import counted
from projections.side_files import WORDS
from tui.render.fields import field
from tui.render.look import Look
from tui.render.sizes import size_text
from tui.witness import ConfigurationFacts, ListedVms, LogFacts, RecordKind, Witness

_PRODUCTS = {512: "2008 R2", 1280: "2012 R2", 2304: "Windows 10 1809, Server 2019"}
"""What writes these versions of configurations; of others we have no file."""

_ROWS_TOLD_MAX = 50
"""So many VMs, records or gaps are told one by one; --json has them all."""

_HEADS = {
    "vm configuration": "a VM's configuration",
    "snapshot configuration": "a snapshot's configuration",
    "list of VMs": "a host's list of its VMs",
    "event log": "records of event logs",
    "export": "an export: what a host answered",
    "side file": "a file beside disks",
}

_FIELD = re.compile(r"\{(\w+)\}")

_PLACES = {
    "vm": "a VM",
    "VhdFileName": "a disk",
    "VhdMetaOps": "an operation",
    "User": "somebody",
    "DeviceName": "of a VM",
}
"""What stands for the field of one record where many are told in one line."""

Row = tuple[str, str]


def witness_lines(found: Witness, look: Look) -> Iterator[str]:
    """Tell what the file is and says, field by field."""
    name = look.paint(look.text(name_of(found.path) or found.path), "strong")
    yield f"{name}  {_HEADS[found.format]}"
    yield field("file", look.text(found.path), look)
    for title, text in _rows(found, look):
        yield field(title, look.text(text), look)
    for reason in found.unsure:
        yield field("UNSURE", look.paint(look.text(reason), "warn"), look)


def _rows(found: Witness, look: Look) -> Iterator[Row]:
    match found.facts:
        case ConfigurationFacts(vm, says):
            yield from _of_configuration(vm, says, look)
        case ListedVms(vms):
            yield from _some("VM", [f"{vm}  {path}" for vm, path in vms], "no VM is registered")
        case LogFacts() as log:
            yield from _of_log(log, look)
        case Export() as export:
            yield from _of_export(export, look)
        case SideFileSeen() as side:
            yield "what", f"{WORDS[side.kind]}, {size_text(side.size_bytes)}"
            if side.has_saved_state is not None:
                yield "saved state", "in it" if side.has_saved_state else "none in it"
            yield "written", look.moment(side.modified_at)
        case _ as other:
            assert_never(other)


def _of_configuration(
    vm: str, says: VmConfigurationSeen | SnapshotConfigurationSeen, look: Look
) -> Iterator[Row]:
    if isinstance(says, VmConfigurationSeen):
        return _of_vm(vm, says, look)
    return _of_snapshot(vm, says, look)


def _of_vm(vm: str, says: VmConfigurationSeen, look: Look) -> Iterator[Row]:
    yield "VM", f"{says.name}  {vm}"
    yield "version", _version(says.format_version)
    if says.created_at:
        yield "made", look.moment(says.created_at)
    yield from _disks("disk", says.disks, "no drive names a disk file")
    yield from _disks("image", says.media, "")
    listed = says.snapshots_listed
    yield "snapshots", "not told how many" if listed is None else f"{listed} listed"
    pending = {True: "pending, as it says itself", False: "none pending", None: "not told"}
    yield "merge", pending[says.merge_pending]
    yield from _others(says.other_keys)


def _of_snapshot(vm: str, says: SnapshotConfigurationSeen, look: Look) -> Iterator[Row]:
    yield "snapshot", f"{says.name or 'without a name'}  {says.snapshot}"
    yield "of VM", vm
    if says.is_parent_known:
        yield "under", says.parent or "no other snapshot"
    else:
        yield "under", "not told by keys that anybody has published; the disk chain shows it"
    if says.taken_at:
        yield "taken", look.moment(says.taken_at)
    yield "saved state", "beside it" if says.has_saved_state else "none found beside it"
    yield from _disks("disk", says.disks, "no drive names a disk file")
    yield from _disks("image", says.media, "")
    yield from _others(says.other_keys)


def _version(version: int | None) -> str:
    if version is None:
        return "not told"
    written_by = f", as {_PRODUCTS[version]} writes it" if version in _PRODUCTS else ""
    return f"{version >> 8}.{version & 0xFF}{written_by}"


def _disks(title: str, disks: Iterable[SlotDisk], nothing: str) -> Iterator[Row]:
    yield from _some(title, [f"{disk.slot}  {disk.path}" for disk in disks], nothing)


def _others(keys: tuple[tuple[str, str], ...]) -> Iterator[Row]:
    if keys:
        yield "other keys", f"{len(keys)}, kept as they stand; --json shows them"


def _of_log(log: LogFacts, look: Look) -> Iterator[Row]:
    for span in log.spans:
        yield "log", f"{channel_told(span.channel)} of {span.computer}"
        yield "records", _span(span, look)
    if log.vms:
        yield "of VMs", ", ".join(log.vms[:_ROWS_TOLD_MAX])
    yield from _some("says", [_kind(kind) for kind in log.kinds], "")
    if log.others:
        yield "others", f"{counted(log.others, 'record')} not of Hyper-V, passed over"


def _span(span: Span, look: Look) -> str:
    first, last = look.moment(span.first_at), look.moment(span.last_at)
    if span.first == span.last:
        return f"number {span.first}, of {first}"
    gaps = f"; {counted(len(span.gaps), 'gap')} in between" if span.gaps else ""
    return (
        f"{span.records:,} of Hyper-V, numbers {span.first} to {span.last}, {first} to {last}{gaps}"
    )


def _kind(kind: RecordKind) -> str:
    words = "meaning not known; kept as it is"
    if kind.meaning:
        words = _FIELD.sub(lambda found: _PLACES.get(found[1], "something"), kind.meaning)
    return f"{kind.records:,} of event {kind.event_id} ({channel_told(kind.channel)}): {words}"


def _of_export(export: Export, look: Look) -> Iterator[Row]:
    yield "asked", look.moment(export.asked_at) if export.asked_at else "when, it does not say"
    if export.computer:
        yield "host", export.computer
    yield from _some("VM", [_vm(vm) for vm in export.vms], "it tells of no VM")
    yield from _some("attached", list(export.attached), "")
    yield from _some("NOT TOLD", list(export.untold), "")


def _vm(vm: ExportedVm) -> str:
    snapshots = counted(len(vm.snapshots), "snapshot") + (
        "" if vm.has_all_snapshots else ", perhaps more"
    )
    under = "where Now hangs is not told"
    if vm.is_parent_known:
        under = f"Now under {vm.parent or 'no snapshot'}"
    disks = "disks not told" if vm.disks is None else counted(len(vm.disks), "disk")
    return f"{vm.name}  {vm.power or 'power not told'}; {disks}; {snapshots}; {under}; {vm.id}"


def _some(title: str, rows: list[str], nothing: str) -> Iterator[Row]:
    """Tell the first rows one by one, and how many more there are."""
    if not rows and nothing:
        yield title, nothing
    for row in rows[:_ROWS_TOLD_MAX]:
        yield title, row
    if len(rows) > _ROWS_TOLD_MAX:
        yield title, f"and {len(rows) - _ROWS_TOLD_MAX:,} more; --json has them all"
