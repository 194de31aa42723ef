"""The shape of a difference: what was, and what is, field by field."""

from collections.abc import Mapping

from msgspec import Struct

from eventstore.ids import SnapshotId, VmId
from projections.shapes import VmRef

Value = str | bool | None | tuple[str, ...] | Mapping[str, str]
"""What a field can hold: the same as in the answers of `tree` and `chain`."""


class Change(Struct, frozen=True, rename={"before": "from", "after": "to"}):
    """One thing was `before` and is `after`; None where there was, or is, nothing."""

    before: Value
    after: Value


class SnapshotChange(Struct, frozen=True, rename={"before": "from", "after": "to"}):
    """A field of a snapshot differs; it is called as in the answer of `tree`."""

    id: SnapshotId
    field: str
    before: Value
    after: Value


class DiskChange(Struct, frozen=True, rename={"before": "from", "after": "to"}):
    """A field of a disk file differs; it is called as in the answer of `chain`."""

    path: str
    field: str
    before: Value
    after: Value


class SnapshotNamed(Struct, frozen=True):
    """A snapshot that stands on one side alone."""

    id: SnapshotId
    name: str
    vm: VmRef


class SnapshotDifference(Struct, frozen=True):
    added: tuple[SnapshotNamed, ...]
    removed: tuple[SnapshotNamed, ...]
    changed: tuple[SnapshotChange, ...]


class DiskDifference(Struct, frozen=True):
    """Files that stand on one side alone, and what became of the others."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[DiskChange, ...]


class NowDifference(Struct, frozen=True, omit_defaults=True):
    """What became of a VM itself and of its running state; only what differs is told."""

    name: Change | None = None
    removed_at: Change | None = None
    power: Change | None = None
    parent: Change | None = None
    head_disks: Mapping[str, Change] = {}


class Difference(Struct, frozen=True):
    """The way from one moment to another. Of one VM `now` is its own, of all one for each VM.

    `events` are the positions of the entries that count at one of the two moments alone.
    """

    vm: VmRef | None
    snapshots: SnapshotDifference
    disks: DiskDifference
    now: NowDifference | Mapping[VmId, NowDifference]
    events: tuple[int, ...]
