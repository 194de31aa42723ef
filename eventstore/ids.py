"""Identifiers: GUIDs in one spelling, and new ones derived so that a run repeats."""

import re
from typing import NewType
from uuid import NAMESPACE_URL, UUID, uuid5

VmId = NewType("VmId", str)
"""A virtual machine's GUID, upper case with dashes, as Hyper-V names its files."""

SnapshotId = NewType("SnapshotId", str)
"""A snapshot's GUID, upper case with dashes."""

NOBODY = UUID(int=0)

_GUID = re.compile(
    r"\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?",
    re.IGNORECASE,
)
_SNAPLEDGER = uuid5(NAMESPACE_URL, "tag:snapledger")


def guid(text: str) -> str | None:
    """Give `text` as an upper-case GUID with dashes, None when it is not one."""
    found = _GUID.fullmatch(text.strip())
    return "-".join(found.groups()).upper() if found else None


def derive(*parts: str | int) -> str:
    """Give the GUID that follows from `parts`, the same in every run and on every machine."""
    return str(uuid5(_SNAPLEDGER, "\x1f".join(str(part) for part in parts))).upper()


def vm_stream(vm: VmId) -> str:
    return f"vm/{vm.lower()}"


def host_stream(host: str) -> str:
    """Name the stream of what hands and accidents do to the files of a host."""
    return f"host/{host.lower()}"


def folder_stream(host: str, root: str) -> str:
    """Name the stream of what was seen below one folder of one host."""
    return f"folder/{derive('folder', host, root).lower()}"


def export_stream(computer: str) -> str:
    """Name the stream of what one computer answered; one that did not say its name has one too."""
    return f"export-of/{computer.lower() or 'unknown'}"


def log_stream(computer: str, channel: str) -> str:
    """Name the stream of one event log of one computer; 2012 wrote a channel with a slash."""
    return f"log-of/{computer}/{channel.replace('/', '-')}".lower()
