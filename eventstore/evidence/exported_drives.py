"""Which disk files the drives of an export name, and in which slots."""

from collections.abc import Iterator, Sequence

from msgspec import Raw, Struct

from eventstore.events import SlotDisk
from eventstore.evidence.drives import DISK_SUFFIXES, OTHER_BUS
from eventstore.evidence.powershell_json import Properties, is_object, items
from eventstore.paths import is_posix, suffix_of, volume_of

CUT_OFF = "cut off by a small -Depth; export again with ConvertTo-Json -Depth 5"

UNSURE = "a path lost characters on its way into the file; export again as UTF-8"

_BUSES = {0: "ide", 1: "scsi"}
_GARBLED = frozenset("?\N{REPLACEMENT CHARACTER}")


class Drives(Struct, frozen=True):
    """The disks in drives; None where they are not told, with the problem if there is one."""

    disks: tuple[SlotDisk, ...] | None
    problem: str = ""


def is_drive(found: Properties) -> bool:
    return "controllerlocation" in found or "controllernumber" in found


def drives_of(told: Raw | Sequence[Raw] | None) -> Drives:
    """Read a list of drives: objects, or the text that a small -Depth makes of them."""
    raws = items(told) if isinstance(told, Raw) else told
    if raws is None:
        is_text = isinstance(told, Raw) and bytes(told) != b"null"
        return Drives(None, CUT_OFF if is_text else "")
    if not all(is_object(raw) for raw in raws):
        return Drives(None, CUT_OFF)
    drives = [Properties(raw) for raw in raws]
    if not all(is_drive(drive) and "path" in drive for drive in drives):
        return Drives(None, "drives without a path and a controller")
    if any(_is_garbled(drive.text("path")) for drive in drives):
        return Drives(None, UNSURE)
    return Drives(tuple(_in_slots(drives)))


def _in_slots(drives: Sequence[Properties]) -> Iterator[SlotDisk]:
    taken: set[str] = set()
    for number, drive in enumerate(drives):
        path = drive.text("path")
        if not _is_file(path):
            continue  # nothing in it, or a disk of the host itself
        slot = _slot(drive, number)
        if slot in taken:  # two disks are two references, whatever their slots are called
            slot = f"{slot} #{number}"
        taken.add(slot)
        yield SlotDisk(slot, path)


def _slot(drive: Properties, number: int) -> str:
    bus = drive.word("controllertype", _BUSES).upper()
    controller, location = drive.number("controllernumber"), drive.number("controllerlocation")
    place = number if location is None else location
    return f"{bus if bus in {'IDE', 'SCSI'} else OTHER_BUS} {controller or 0}:{place}"


def _is_file(path: str) -> bool:
    return bool(path) and (
        is_posix(path) or bool(volume_of(path)) or suffix_of(path) in DISK_SUFFIXES
    )


def _is_garbled(path: str) -> bool:
    r"""Tell whether what Unicode could not carry was replaced; `\\?\` is Windows' own."""
    return not _GARBLED.isdisjoint(path.removeprefix("\\\\?\\"))
