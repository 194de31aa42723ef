"""A host's own list of its VMs, `data.vmcx`: which are registered, and where each is configured.

Key names are those of one real file (`FormatVersion` 2): below `Configurations/VirtualMachines` a
key `_GUID_` for each VM, its value the path of its configuration. `VirtualMachinesCache` beside
it names copies for when the storage is offline.
"""

from msgspec import Struct

from eventstore.errors import NotAConfiguration
from eventstore.evidence.keytree import Key
from eventstore.ids import VmId, guid

REGISTRY = "Configurations"
"""The topmost key of a list of VMs; that of a VM's own file is `configuration`."""

PATHS_MAX = 150_000
"""Characters of all paths: room for 1,200 VMs; one event must fit into a batch of the log."""

RegisteredVms = tuple[tuple[VmId, str], ...]
"""VMs in the order of their GUIDs, each with the path of its configuration."""


class FoundRegistry(Struct, frozen=True):
    """A list of VMs as the walk found it."""

    found_at: str
    path: str
    sha256: str
    vms: RegisteredVms


def registered_vms(registry: Key) -> RegisteredVms:
    """Give the VMs that the key `Configurations` lists.

    Raises NotAConfiguration when an entry is not as expected: a VM overlooked would be one whose
    disks nobody seems to need.
    """
    listed = registry.at("VirtualMachines")
    if listed is None:
        raise NotAConfiguration(f"{REGISTRY}/VirtualMachines: expected a list of VMs, got none")
    vms: list[tuple[VmId, str]] = []
    for entry in listed.children:
        vm = guid(entry.name.strip("_"))
        if vm is None or not isinstance(entry.value, str):
            raise NotAConfiguration(
                f"{REGISTRY}/VirtualMachines: expected a GUID and a path, "
                f"got {entry.name!r:.80} and {entry.value!r:.80}"
            )
        vms.append((VmId(vm), entry.value))
    characters = sum(len(path) for _, path in vms)
    if characters > PATHS_MAX:
        raise NotAConfiguration(
            f"expected paths of at most {PATHS_MAX} characters in all, got {characters}"
        )
    return tuple(sorted(vms))
