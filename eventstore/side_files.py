"""Files beside the disks: what their names say they are, and what the fleet knows of them.

Windows names them: `web01.vhdx.rct` and `.mrt` track the changes of the disk `web01.vhdx` for
backups, a `.hrl` holds what Replica has yet to send (MS-HRL), BIN, VSV, VMRS and VMGS hold the
state of the VM or snapshot whose GUID they are called by. None of them is ever an orphan: nobody
refers to them by their paths, and each is somebody's.
"""

from msgspec import Struct
from msgspec.structs import replace

from eventstore.events import SideFileGone, SideFileSeen, SideKind
from eventstore.ids import guid
from eventstore.machine import When
from eventstore.paths import PathKey, name_of, path_key, suffix_of

BY_SUFFIX: dict[str, SideKind] = {
    ".vhds": "vhd_set",
    ".rct": "change_tracking",
    ".mrt": "modified_regions",
    ".hrl": "replica_log",
    ".iso": "image",
    ".vfd": "image",
}

STATES: dict[str, SideKind] = {
    ".bin": "memory",
    ".vsv": "devices",
    ".vmrs": "runtime_state",
    ".vmgs": "guest_state",
}
_ANYBODYS = frozenset({".bin", ".vsv"})
"""These count only when they are called by a GUID: anybody may have a `.bin`."""

TRACKING: frozenset[SideKind] = frozenset({"change_tracking", "modified_regions"})

_AUTO_RECOVERY = "-autorecovery"


class SideFile(Struct, frozen=True):
    """The last reading of a side file; `gone` when a later walk did not find it."""

    seen: SideFileSeen
    when: When
    gone: When | None = None


def kind_of(path: str) -> SideKind | None:
    """Give what a file is by its name, None for what is none of them."""
    suffix = suffix_of(path)
    if suffix in _ANYBODYS and owner_of(path) is None:
        return None
    return STATES.get(suffix) or BY_SUFFIX.get(suffix)


def owner_of(path: str) -> str | None:
    """Give the GUID of the VM or snapshot that a file of state is called by, if it is one."""
    return guid(name_of(path).rpartition(".")[0]) if suffix_of(path) in STATES else None


def disk_tracked(path: str) -> str | None:
    """Give the disk whose changes an RCT or MRT tracks: their name is the disk's and a suffix."""
    is_tracking = BY_SUFFIX.get(suffix_of(path)) in TRACKING
    return path.rpartition(".")[0] if is_tracking else None


def is_auto_recovery(path: str) -> bool:
    """Tell whether a backup made this disk: `web01-AutoRecovery.avhdx`, of 2012 R2 and later."""
    name, _, suffix = name_of(path).lower().rpartition(".")
    return name.endswith(_AUTO_RECOVERY) and suffix in {"avhd", "avhdx", "vhd", "vhdx"}


def take_side_file(
    known: dict[PathKey, SideFile], event: SideFileSeen | SideFileGone, when: When
) -> None:
    """Let `known` hear that a side file was seen, or that it is gone."""
    key = path_key(event.path)
    if isinstance(event, SideFileSeen):
        known[key] = SideFile(event, when)
    elif key in known:
        known[key] = replace(known[key], gone=when)
