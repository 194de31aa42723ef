"""What happened, in the past tense: every event says what is true on disk afterwards.

An event's class name is its type in the log, its fields are the log's `data`: renaming either
breaks the golden bytes in `tests/golden`. A new field gets a default; a change that a default
cannot express gets a new class, and the old name an entry in `eventstore/codec.py`.
"""

from typing import Literal

from msgspec import Struct

from eventstore.evidence.observations import DiskFacts
from eventstore.ids import SnapshotId, VmId
from eventstore.moments import Moment

Policy = Literal["offline", "live"]
"""When merges run: *offline* when the VM stops (2008, 2008 R2), *live* at once (2012 and later)."""

Power = Literal["off", "running", "paused", "saved"]

SideKind = Literal[
    "vhd_set",
    "change_tracking",
    "modified_regions",
    "replica_log",
    "image",
    "memory",
    "devices",
    "runtime_state",
    "guest_state",
]
"""What a file beside disks is: `.vhds`, `.rct`, `.mrt`, `.hrl`, `.iso` or `.vfd`, and the state of
a VM or snapshot: BIN, VSV, VMRS, VMGS."""


class SlotDisk(Struct, frozen=True, omit_defaults=True):
    """A disk in a slot; `ancestors` are its parents as far as known, nearest first."""

    slot: str
    path: str
    disk_id: str | None = None
    ancestors: tuple[str, ...] = ()


class NewDisk(Struct, frozen=True, omit_defaults=True):
    """An automatic differencing disk made for `slot`; its parent is frozen from now on."""

    slot: str
    path: str
    parent: str
    disk_id: str | None = None


# --- the machine itself ---------------------------------------------------------------------


class VmRegistered(Struct, frozen=True, omit_defaults=True):
    """The host knows this VM; its configuration stands below `root` and names `disks`."""

    name: str
    policy: Policy
    merge_on_save: bool
    root: str
    disks: tuple[SlotDisk, ...] = ()


class VmRemoved(Struct, frozen=True):
    """The host no longer knows this VM: its configuration is gone, its disks stayed."""


class VmStarted(Struct, frozen=True):
    """The VM runs; its BIN and VSV files stand beside its configuration."""


class VmShutDown(Struct, frozen=True):
    """The guest was shut down; the VM is off and its BIN and VSV files are gone."""


class VmTurnedOff(Struct, frozen=True):
    """The VM was switched off like a machine that loses power; a saved state is lost."""


class VmSaved(Struct, frozen=True):
    """The VM stopped with its memory in its BIN and VSV files."""


class VmPaused(Struct, frozen=True):
    """The VM stands still in memory."""


class VmResumed(Struct, frozen=True):
    """The paused VM runs on."""


class VmReset(Struct, frozen=True):
    """The VM was reset; to its disks it never stopped."""


class VmRestarted(Struct, frozen=True):
    """The guest restarted; to its disks it never stopped."""


# --- snapshots ------------------------------------------------------------------------------


class SnapshotTaken(Struct, frozen=True, omit_defaults=True):
    """The snapshot keeps the disks that were current, and Now writes to `new_disks`.

    `disks`, `parent` and `kind` are set only where it was inferred: they are what was read later.
    """

    snapshot: SnapshotId
    name: str
    has_saved_state: bool
    new_disks: tuple[NewDisk, ...] = ()
    production: bool = False
    disks: tuple[SlotDisk, ...] | None = None
    parent: SnapshotId | None = None
    is_parent_known: bool = False
    kind: str = ""


class SnapshotApplied(Struct, frozen=True, omit_defaults=True):
    """The running state was discarded; `new_disks` branch off the snapshot's disks."""

    snapshot: SnapshotId
    power: Power
    new_disks: tuple[NewDisk, ...] = ()


class SnapshotRenamed(Struct, frozen=True, omit_defaults=True):
    """The snapshot has another name; no file changed.

    `former` is set only where it was inferred.
    """

    snapshot: SnapshotId
    name: str
    former: str = ""


class SnapshotDeleted(Struct, frozen=True, omit_defaults=True):
    """The snapshot, its configuration and its saved state are gone; its disks follow by rule.

    `name` is set only where it was inferred.
    """

    snapshot: SnapshotId
    name: str = ""


class SubtreeDeleted(Struct, frozen=True):
    """The snapshot `top` and all below it are gone, `snapshots` in the order they hung."""

    top: SnapshotId
    snapshots: tuple[SnapshotId, ...]


# --- disks and merges -----------------------------------------------------------------------


class DiskAttached(Struct, frozen=True):
    """Now uses this disk."""

    disk: SlotDisk


class DiskDetached(Struct, frozen=True):
    """Now uses this disk no longer; the file stayed."""

    slot: str
    path: str


class DiskDeleted(Struct, frozen=True):
    """Hyper-V deleted this automatic disk: nobody referred to it and no file depended on it."""

    path: str


class MergeStarted(Struct, frozen=True):
    """The content of `child` is being written into its parent file `into`."""

    child: str
    into: str


class MergeCompleted(Struct, frozen=True):
    """`into` holds the content of `child` and took over its users; the file `child` is gone."""

    child: str
    into: str


class MergeInterrupted(Struct, frozen=True):
    """The merge was cancelled and its progress thrown away; nothing visible changed."""

    child: str
    into: str


class MergeFailed(Struct, frozen=True):
    """The merge failed with the HRESULT `code`; nothing visible changed."""

    child: str
    into: str
    code: str


class MergesHeld(Struct, frozen=True):
    """From now on merges of this VM start but do not finish."""


class MergesReleased(Struct, frozen=True):
    """Merges of this VM run to their end again."""


# --- what hands and accidents do to files ---------------------------------------------------


class DiskCloned(Struct, frozen=True, omit_defaults=True):
    """Somebody made `child`, a differencing disk of `parent`, by hand."""

    child: str
    parent: str
    disk_id: str | None = None


class DiskMergedByHand(Struct, frozen=True):
    """Somebody merged `child` into its ancestor `into`; the sources stayed, no longer valid."""

    child: str
    into: str


class DiskLost(Struct, frozen=True):
    """The file is gone, and Hyper-V did not do it."""

    path: str


class DiskWritten(Struct, frozen=True):
    """Somebody wrote to the file past Hyper-V: mounted it, edited it, ran another VM on it."""

    path: str


class DiskMoved(Struct, frozen=True):
    """Somebody moved the file; whoever refers to it still names the old place."""

    path: str
    to: str


class DiskCopied(Struct, frozen=True):
    """Somebody copied the file; the copy has the identity of the first."""

    path: str
    to: str


class FreeSpaceSeen(Struct, frozen=True):
    """So many bytes were free on the volume."""

    volume: str
    free_bytes: int


# --- what was seen --------------------------------------------------------------------------


class DiskSeen(Struct, frozen=True, omit_defaults=True):
    """A disk file was read: `facts` are what its headers say, None when they say nothing usable."""

    path: str
    found_at: str
    size_bytes: int
    modified_at: Moment
    header_sha256: str
    facts: DiskFacts | None = None
    problem: str = ""


class DiskGone(Struct, frozen=True):
    """A disk seen here before was not there when its folder was read whole."""

    path: str
    found_at: str


class VmConfigurationSeen(Struct, frozen=True, omit_defaults=True):
    """A VM's own configuration was read: what Now refers to.

    `media` are images in its drives (ISO, VFD), `other_keys` what it says and we do not understand.
    """

    name: str
    path: str
    found_at: str
    format_version: int | None
    disks: tuple[SlotDisk, ...] = ()
    snapshots_listed: int | None = None
    merge_pending: bool | None = None
    created_at: Moment | None = None
    sha256: str = ""
    modified_at: Moment | None = None
    media: tuple[SlotDisk, ...] = ()
    other_keys: tuple[tuple[str, str], ...] = ()


class SnapshotConfigurationSeen(Struct, frozen=True, omit_defaults=True):
    """A snapshot's configuration was read: its disks for certain, the rest where keys say it."""

    snapshot: SnapshotId
    path: str
    found_at: str
    name: str | None = None
    parent: SnapshotId | None = None
    is_parent_known: bool = False
    taken_at: Moment | None = None
    has_saved_state: bool = False
    disks: tuple[SlotDisk, ...] = ()
    sha256: str = ""
    modified_at: Moment | None = None
    media: tuple[SlotDisk, ...] = ()
    other_keys: tuple[tuple[str, str], ...] = ()


class ExportedSnapshot(Struct, frozen=True, omit_defaults=True):
    """What a host told of a snapshot; None where it told nothing.

    `parent` counts only if `is_parent_known`: then None means a root. `kind` is the cmdlets' own
    word in lower case (`standard`, `recovery`, `replica` …), or `automatic`.
    """

    snapshot: SnapshotId
    name: str | None = None
    parent: SnapshotId | None = None
    is_parent_known: bool = False
    taken_at: Moment | None = None
    has_saved_state: bool | None = None
    kind: str = ""
    disks: tuple[SlotDisk, ...] | None = None


class VmExportSeen(Struct, frozen=True, omit_defaults=True):
    """A host had been asked about this VM, and what it answered was read.

    `disks` are Now's; None where nothing was told, as everywhere here. Now's `parent` counts only
    if `is_parent_known`. `snapshots` are all that the VM had only if `has_all_snapshots`.
    `is_merging_on` is False where merges are switched off for the VM.
    """

    name: str
    path: str
    found_at: str
    computer: str = ""
    power: Power | None = None
    location: str = ""
    disks: tuple[SlotDisk, ...] | None = None
    parent: SnapshotId | None = None
    is_parent_known: bool = False
    snapshots: tuple[ExportedSnapshot, ...] = ()
    has_all_snapshots: bool = False
    sha256: str = ""
    is_merging_on: bool | None = None


class SideFileSeen(Struct, frozen=True, omit_defaults=True):
    """A file that belongs to a VM or a disk, and is no disk itself, stood in its folder.

    `has_saved_state` is told of a VMRS alone, which every VM of 2016 and later has.
    """

    path: str
    found_at: str
    kind: SideKind
    size_bytes: int
    modified_at: Moment
    has_saved_state: bool | None = None


class SideFileGone(Struct, frozen=True):
    """A side file seen here before was not there when its folder was read whole."""

    path: str
    found_at: str
    kind: SideKind


class ConfigurationGone(Struct, frozen=True, omit_defaults=True):
    """A configuration seen here before was not there when its folder was read whole."""

    path: str
    found_at: str
    snapshot: SnapshotId | None = None


class FolderRead(Struct, frozen=True, omit_defaults=True):
    """A folder was walked; `unread` says what below it could not be read, and why.

    `folders` pairs places that the walk came through with the Windows folders they stand for;
    None where a version before that field walked.
    """

    host: str
    root: str
    root_path: str
    files: int
    disks: int
    configurations: int
    unread: tuple[tuple[str, str], ...] = ()
    folders: tuple[tuple[str, str], ...] | None = None


class HostRegistrySeen(Struct, frozen=True, omit_defaults=True):
    """A host's own list of its VMs was read: in `vms` each one's GUID and configuration's path."""

    host: str
    path: str
    found_at: str
    vms: tuple[tuple[VmId, str], ...]
    sha256: str = ""


class HostRegistryGone(Struct, frozen=True):
    """A list of VMs seen here before was not there when its folder was read whole."""

    host: str
    path: str
    found_at: str


class HostExportSeen(Struct, frozen=True, omit_defaults=True):
    """A host had been asked, and its answer was read: what it tells beside its `vms`.

    `attached` are disks in use that none of these VMs uses, `untold` is what the answer lacks,
    `nodes` are the hosts of its cluster.
    """

    computer: str
    path: str
    found_at: str
    vms: int
    attached: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    sha256: str = ""
    nodes: tuple[str, ...] = ()


# --- what the event logs of hosts say -------------------------------------------------------


class LogRecordSeen(Struct, frozen=True, omit_defaults=True):
    """A record of a host's event log was read: `data` is its own text, field by field.

    What it means says `eventstore/evidence/log_meanings.py`. `user` is the SID of the account
    that wrote it, `code` its HRESULT. `is_doubtful`: its part of the file does not match its
    checksum.
    """

    computer: str
    channel: str
    record: int
    provider: str
    event_id: int
    level: int | None = None
    user: str = ""
    vm: VmId | None = None
    vm_name: str | None = None
    data: tuple[tuple[str, str], ...] = ()
    code: str = ""
    is_doubtful: bool = False


class LogCovered(Struct, frozen=True, omit_defaults=True):
    """A file with records of this log was read; `gaps` are numbers in between that it lacks.

    `records` counts those of Hyper-V, `passed_over` others of the file, `damage` what was wrong
    with it.
    """

    computer: str
    channel: str
    path: str
    found_at: str
    first_record: int
    last_record: int
    first_at: Moment
    last_at: Moment
    records: int
    passed_over: int = 0
    gaps: tuple[tuple[int, int], ...] = ()
    damage: tuple[str, ...] = ()
    sha256: str = ""


# --- the log's own housekeeping -------------------------------------------------------------


class TailSetAside(Struct, frozen=True):
    """Bytes after the published mark were no intact batch; they lie in `quarantine/` now."""

    segment: str
    offset: int
    size_bytes: int
    sha256: str
    kept_as: str


class ForkedFrom(Struct, frozen=True):
    """This store began as a copy of another one, which had `last` entries then."""

    store: str
    last: int


VmEvent = (
    VmRegistered
    | VmRemoved
    | VmStarted
    | VmShutDown
    | VmTurnedOff
    | VmSaved
    | VmPaused
    | VmResumed
    | VmReset
    | VmRestarted
    | SnapshotTaken
    | SnapshotApplied
    | SnapshotRenamed
    | SnapshotDeleted
    | SubtreeDeleted
    | DiskAttached
    | DiskDetached
    | DiskDeleted
    | MergeStarted
    | MergeCompleted
    | MergeInterrupted
    | MergeFailed
    | MergesHeld
    | MergesReleased
    | VmConfigurationSeen
    | SnapshotConfigurationSeen
    | ConfigurationGone
    | VmExportSeen
)
"""What one VM's own stream tells."""

HandEvent = (
    DiskCloned | DiskMergedByHand | DiskLost | DiskWritten | DiskMoved | DiskCopied | FreeSpaceSeen
)
"""What a host's stream tells: done to files, whoever uses them."""

FolderEvent = (
    DiskSeen
    | DiskGone
    | SideFileSeen
    | SideFileGone
    | FolderRead
    | HostRegistrySeen
    | HostRegistryGone
    | HostExportSeen
)
"""What the stream of a folder, or of one host's answers, tells: read off files."""

HostLogEvent = LogRecordSeen | LogCovered
"""What the stream of one event log of one host tells."""

LogEvent = TailSetAside | ForkedFrom
"""What the log tells of itself."""

Event = VmEvent | HandEvent | FolderEvent | HostLogEvent | LogEvent
