"""What a disk file's own headers say, in one shape for VHD and VHDX.

Field offsets and their sources: `eventstore/evidence/README.md`.
"""

from functools import lru_cache
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from eventstore.moments import Moment

DiskFormat = Literal["vhd", "vhdx"]
DiskKind = Literal["fixed", "dynamic", "differencing"]


class Check(Struct, frozen=True, omit_defaults=True):
    """One thing verified about a file.

    `text` says what was found when it failed; on a passed check it is a remark worth showing.
    """

    name: str
    passed: bool
    text: str = ""


class ParentLink(Struct, frozen=True, omit_defaults=True):
    """What a differencing disk says about its parent.

    VHD: `identity` and `written_at`. VHDX: `linkage` and `linkage2` (the parent's DataWriteGuid
    when the child was made); an all-zero one is None.
    """

    identity: str | None = None
    written_at: Moment | None = None
    linkage: str | None = None
    linkage2: str | None = None
    name: str | None = None
    relative_path: str | None = None
    volume_path: str | None = None
    absolute_path: str | None = None


class DiskFacts(Struct, frozen=True, omit_defaults=True):
    """The identity, shape and parent of a disk, and how far its headers can be believed.

    `identity` is what a child quotes: for VHD the 16 raw bytes of the unique id as hex (creators
    differ in byte order, so matching is on raw bytes), for VHDX the VirtualDiskId.
    `disk_id` is the same as people see it, a GUID in the creator's byte order.
    """

    format: DiskFormat
    kind: DiskKind
    creator: str
    virtual_size_bytes: int
    identity: str
    disk_id: str
    block_size_bytes: int | None = None
    data_write_id: str | None = None
    written_at: Moment | None = None
    has_log_to_replay: bool = False
    parent: ParentLink | None = None
    checks: tuple[Check, ...] = ()

    def with_shared_checks(self) -> "DiskFacts":
        """Give the same in less memory: most disks of a host passed the same checks."""
        return replace(self, checks=_shared(self.checks))

    @property
    def failed_checks(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.passed)


@lru_cache(maxsize=1 << 10)
def _shared(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    return checks
