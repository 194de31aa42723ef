"""Which files the drives of a configuration name, and in which slots: disks, and images."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from eventstore.errors import NotAConfiguration
from eventstore.events import SlotDisk
from eventstore.evidence.keytree import Key
from eventstore.ids import guid
from eventstore.paths import suffix_of

BUSES = {
    "83F8638B-8DCA-4152-9EDA-2CA8B33039B4": "IDE",
    "D422512D-2BF2-4752-809D-7B82B5FCB1B4": "SCSI",
    "8F0D2762-0B00-4E04-AF4F-19010527CB93": "FLOPPY",
}
"""Device GUIDs of the controllers; a drive of any other device is in a slot `OTHER n:m`."""

OTHER_BUS = "OTHER"

DISK_SUFFIXES = frozenset({".vhd", ".avhd", ".vhdx", ".avhdx", ".vhds"})

IMAGE_SUFFIXES = frozenset({".iso", ".vfd"})
IMAGE_TYPES = frozenset({"ISO", "VFD"})

PATHS_MAX = 100_000
"""Room for the 260 disks a VM may have; one event must fit into a batch of the log."""

_NUMBER = re.compile("[0-9]{1,3}")


class Drive(NamedTuple):
    """A drive with a path in it; `kind` is what the configuration declares of that, upper case."""

    slot: str
    path: str
    kind: str

    @property
    def is_disk(self) -> bool:
        """ISO, VFD and NONE drives and physical disks have no disk file."""
        # A reference overlooked makes a needed file look like an orphan: the suffix counts, too.
        return self.kind == "VHD" or suffix_of(self.path) in DISK_SUFFIXES

    @property
    def is_image(self) -> bool:
        is_named_so = self.kind in IMAGE_TYPES or suffix_of(self.path) in IMAGE_SUFFIXES
        return is_named_so and not self.is_disk


def drives(tree: Key) -> tuple[Drive, ...]:
    """Give the drives of a VM; raises NotAConfiguration on a key of another type."""
    return tuple(_drives(tree))


def attached_disks(found: Iterable[Drive]) -> tuple[SlotDisk, ...]:
    """Give the disk files in drives; NotAConfiguration when their paths are too long to store."""
    return _bounded(each for each in found if each.is_disk)


def attached_media(found: Iterable[Drive]) -> tuple[SlotDisk, ...]:
    """Give the images of optical and floppy disks in drives; errors as above."""
    return _bounded(each for each in found if each.is_image)


def _bounded(found: Iterable[Drive]) -> tuple[SlotDisk, ...]:
    disks = tuple(SlotDisk(slot=drive.slot, path=drive.path) for drive in found)
    characters = sum(len(disk.path) for disk in disks)
    if characters > PATHS_MAX:
        raise NotAConfiguration(
            f"expected disk paths of at most {PATHS_MAX} characters in all, got {characters}"
        )
    return disks


def _drives(tree: Key) -> Iterator[Drive]:
    next_number = dict.fromkeys([*BUSES.values(), OTHER_BUS], 0)
    for bus, device in _storage_devices(tree):
        first = next_number[bus]
        for number, controller in _numbered(device, "controller"):
            next_number[bus] = max(next_number[bus], first + number + 1)
            for location, drive in _numbered(controller, "drive"):
                keys = f"{device.name}/{controller.name}/{drive.name}"
                path = tree.text(f"{keys}/pathname")
                declared = tree.text(f"{keys}/type") or ""
                if path:
                    yield Drive(f"{bus} {first + number}:{location}", path, declared.upper())
        # A SCSI controller without disks has no keys, and yet takes a number.
        next_number[bus] = max(next_number[bus], first + 1)


def _storage_devices(tree: Key) -> Iterator[tuple[str, Key]]:
    """Give bus and keys of every device that may hold disks, in the manifest's order."""
    nodes = {found: key for key in tree.children if (found := guid(key.name.strip("_")))}
    manifest = dict(_manifest(tree))
    # The emulated controllers stand in no manifest: their keys are named after the device itself.
    for own in dict.fromkeys([*manifest, *nodes]):
        bus = BUSES.get(manifest.get(own, own), OTHER_BUS)
        keys = nodes.get(own, Key(own))
        if bus != OTHER_BUS or any(_numbered(keys, "controller")):
            yield bus, keys


def _manifest(tree: Key) -> Iterator[tuple[str, str]]:
    listed = tree.at("manifest")
    for entry in listed.children if listed else ():
        instance = guid(entry.text("instance") or "")
        device = guid(entry.text("device") or "")
        if instance and device:
            yield instance, device


def _numbered(key: Key, name: str) -> Iterator[tuple[int, Key]]:
    """Give the children called `name` and a number, with that number."""
    for child in key.children:
        number = child.name.removeprefix(name)
        if number != child.name and _NUMBER.fullmatch(number):
            yield int(number), child
