"""One virtual machine as of a moment: power, snapshot forest, Now, and its forest of disks.

Tree and chain are two things. Snapshots and Now *refer* to disks (their heads); disks have
parents of their own. Neither is ever derived from the other.
"""

from typing import Literal

from msgspec import Struct

from eventstore.entry import Recorded
from eventstore.events import (
    Policy,
    Power,
    SnapshotConfigurationSeen,
    VmConfigurationSeen,
)
from eventstore.ids import SnapshotId, VmId
from eventstore.moments import Moment
from eventstore.paths import PathKey

SNAPSHOTS_MAX = 50
"""Hyper-V's own limit for one virtual machine."""

AUTOMATIC_SUFFIXES = frozenset({".avhd", ".avhdx"})
"""What Hyper-V calls the disks that it makes; anybody may call a file so."""

Heads = dict[str, PathKey]
"""The disk that a snapshot or Now refers to, by slot."""


NEVER = Moment("")


class When(Struct, frozen=True, order=True, omit_defaults=True):
    """The place of an event on both time axes: when it happened, and when we learned it.

    `read_at` marks one that was inferred, with when the evidence for it was read; of another it
    is empty, so that any two can be compared.
    """

    at: Moment
    position: int
    read_at: Moment = NEVER

    @property
    def is_inferred(self) -> bool:
        return self.read_at != NEVER


def when_of(recorded: Recorded) -> When:
    """Give the place of an entry on both axes; things happened in the order of these."""
    source = recorded.entry.source
    read_at = source.read_at if source else None
    return When(recorded.entry.occurred_at, recorded.position, read_at or NEVER)


class Contradiction(Struct, frozen=True):
    """An event that the model did not expect: it is believed, and remembered as odd."""

    position: int
    expected: str
    found: str


class Disk(Struct, frozen=True):
    """A disk file of this VM; `is_automatic` when Hyper-V made it for a snapshot."""

    path: str
    parent: PathKey | None
    is_automatic: bool
    slot: str
    disk_id: str | None
    since: Moment
    is_lost: bool = False


class Snapshot(Struct, frozen=True):
    """A point in time: the disks that were current then, and its place in the tree.

    `configured` is what its own configuration named beside them when it was last read. `kind` is
    what a host called it (`recovery`, `automatic` …). Without `are_disks_known` it may refer to
    others than `heads`.
    """

    id: SnapshotId
    name: str
    parent: SnapshotId | None
    taken: When
    has_saved_state: bool
    heads: Heads
    production: bool = False
    is_parent_known: bool = True
    configured: Heads = {}
    kind: str = ""
    are_disks_known: bool = True


class Now(Struct, frozen=True):
    """The VM's own running state: a leaf of the snapshot tree, under a snapshot or alone.

    No configuration tells which: without `is_parent_known` a parent of None means nothing. Without
    `are_disks_known` nothing told its disks yet.
    """

    parent: SnapshotId | None = None
    heads: Heads = {}
    is_parent_known: bool = True
    are_disks_known: bool = True


class Merge(Struct, frozen=True):
    """The content of `child` goes into its parent file `into`, whose name survives."""

    child: PathKey
    into: PathKey


class VmFile(Struct, frozen=True):
    """A file or folder of the VM that is not a disk."""

    path: str
    kind: Literal["config", "memory", "devices", "folder"]
    owner: SnapshotId | Literal["now"]
    since: Moment


class MergingTold(Struct, frozen=True):
    """Whether merges may run, as the host said when it was asked; it may be switched off per VM."""

    is_on: bool
    when: When


class ConfigurationRead(Struct, frozen=True):
    """A configuration file as it was read last: of the VM itself, or of a snapshot."""

    when: When
    of_vm: VmConfigurationSeen | None = None
    of_snapshot: SnapshotConfigurationSeen | None = None


class ConfigurationLost(Struct, frozen=True):
    """A configuration file that stood at `path`, and when a walk did not find it any more."""

    path: str
    when: When


class Machine(Struct, frozen=True):
    """All that is known of one VM. `power` is None where nothing tells it.

    `is_observed` marks a VM known only from configuration that was read, never from its own
    events: what is read next replaces what was read before.
    `configured` is what Now's configuration named when it was last read, None if it never was.
    `left_behind` are the disks that a former life of the VM referred to until it was removed.
    `snapshots_untold`: the last witness named Now's disks and could not name all snapshots.
    `readings` are the configuration files that stand, `listed_at` is where the host says that the
    VM's own is. Of several of one owner one counts; what the others name is `beside` it, as is what
    other hosts named (`elsewhere.py`); `has_told_all` says of every host that was asked whether it
    told all snapshots. `unfound` are those gone without another in their place, by owner: a
    snapshot's GUID, or `now`.
    """

    id: VmId
    name: str = ""
    policy: Policy = "offline"
    merge_on_save: bool = True
    root: str = ""
    power: Power | None = None
    registered: When | None = None
    removed: When | None = None
    is_observed: bool = False
    snapshots: dict[SnapshotId, Snapshot] = {}
    now: Now = Now()
    disks: dict[PathKey, Disk] = {}
    files: tuple[VmFile, ...] = ()
    merging: tuple[Merge, ...] = ()
    merges_held: bool = False
    configured: Heads | None = None
    snapshots_listed: int | None = None
    snapshots_untold: bool = False
    has_told_all: dict[str, bool] = {}
    left_behind: dict[PathKey, When] = {}
    readings: tuple[ConfigurationRead, ...] = ()
    listed_at: PathKey | None = None
    beside: dict[str, tuple[PathKey, ...]] = {}
    unfound: dict[str, ConfigurationLost] = {}
    merging_told: MergingTold | None = None
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def is_known(self) -> bool:
        return self.registered is not None

    @property
    def is_present(self) -> bool:
        return self.is_known and self.removed is None

    def path(self, key: PathKey) -> str:
        """Give the path of a disk as it was first spelled; of an unknown one, its key."""
        return self.disks[key].path if key in self.disks else key

    def children_of(self, snapshot: SnapshotId | None) -> tuple[Snapshot, ...]:
        """Give the snapshots that hang under `snapshot`, oldest first; None gives the roots."""
        below = (child for child in self.snapshots.values() if child.parent == snapshot)
        return tuple(sorted(below, key=lambda child: child.taken))

    def subtree_of(self, top: SnapshotId) -> tuple[SnapshotId, ...]:
        """Give `top` and all that hangs below it, parents first."""
        found, waiting = [], [top]
        while waiting:
            snapshot = waiting.pop()
            if snapshot not in found:
                found.append(snapshot)
                waiting.extend(child.id for child in reversed(self.children_of(snapshot)))
        return tuple(found)
