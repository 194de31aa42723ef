"""Decision rules of published scripts, re-implemented from descriptions of what they do.

No line of theirs is in here. Each rule gives the files that its script would call an orphan, left
behind, or free to delete; where a script works on one VM at a time, it is run on each.
"""

from collections.abc import Callable, Iterator, Mapping

from eventstore.paths import PathKey, folder_of, path_key, suffix_of
from tests.catalogue.host_view import HostView, SeenVm

Rule = Callable[[HostView], set[str]]

DISKS = {".vhd", ".vhdx", ".avhd", ".avhdx"}
DEFAULT_FOLDER = "C:\\VMs"
"""Where Hyper-V is set to put virtual hard disks on the catalogue's host."""


def checkpoint_health(host: HostView) -> set[str]:
    """Get-HyperVVMCheckpointHealth: all disks and snapshot disks with all their parents are owned.

    One disk that cannot be opened, and nothing is called an orphan. Only `.avhdx` below the
    folders of a VM's disks are; paths are compared as text. Beside a `.vhds` all are excused.
    """
    heads = [path for vm in host.vms for path in _all_heads(vm)]
    if not all(host.is_whole(path) for path in heads):
        return set()
    owned = {link.lower() for path in heads for link in host.chain(path)}
    folders = {folder_of(path) for vm in host.vms for path in vm.disks}
    excused = {
        folder_of(path) for vm in host.vms for path in vm.disks if suffix_of(path) == ".vhds"
    }
    return {
        path
        for path in _files(host, {".avhdx"})
        if path.lower() not in owned
        and any(_is_below(path, folder) for folder in folders)
        and folder_of(path) not in excused
    }


def posher_v(host: HostView) -> set[str]:
    """Get-VMOrphanedFiles: live disks with their parents; of snapshots their own disks only."""
    return _but(_files(host, DISKS), _live_chains(host) | _direct_snapshot_disks(host))


def avhdx_merge(host: HostView) -> set[str]:
    """AVHDX_Merge: what the one VM and its snapshots use; all else in its folders is an orphan."""
    found: set[str] = set()
    for vm in host.vms:
        active = {path_key(link) for path in _all_heads(vm) for link in host.chain(path)}
        folders = {vm.folder, *map(folder_of, _all_heads(vm))}
        candidates = {
            path
            for path in _files(host, {".avhd", ".avhdx"})
            if any(_is_below(path, folder) for folder in folders)
        }
        found |= _but(candidates, active)
    return found


def orphaned_vm_files(host: HostView) -> set[str]:
    """Find-OrphanedVMFiles: live disks with their parents; disks of snapshots are forgotten."""
    return _but(_files(host, DISKS | {".iso"}), _live_chains(host))


def orphaned_vhds(host: HostView) -> set[str]:
    """Get-OrphanedVHDs: disks that a VM or snapshot names, no parents; the default folder only."""
    named = {path_key(path) for vm in host.vms for path in _all_heads(vm)}
    in_folder = {
        path for path in host.files if path_key(folder_of(path)) == path_key(DEFAULT_FOLDER)
    }
    return _but(in_folder, named)


def orphan_vhds_v3(host: HostView) -> set[str]:
    """Get-OrphanVHDsV3: `.vhd` and `.vhdx` that no VM runs on; of exactly one it says nothing."""
    live = {path_key(path) for vm in host.vms for path in vm.disks}
    found = _but(_files(host, {".vhd", ".vhdx"}), live)
    return found if len(found) > 1 else set()


def avhdx_cleanup(host: HostView) -> set[str]:
    """avhdx-cleanup: the chain of a VM's first disk; other AVHDX in that disk's folder go."""
    found: set[str] = set()
    for vm in host.vms:
        for first in vm.disks[:1]:
            chain = {path_key(link) for link in host.chain(first)}
            beside = {
                path
                for path in _files(host, {".avhdx"})
                if path_key(folder_of(path)) == path_key(folder_of(first))
            }
            found |= _but(beside, chain)
    return found


def backup_diag(host: HostView) -> set[str]:
    """Get-HyperVBackupDiag: as Get-VMOrphanedFiles, `.avhdx` only, at most 50 parents."""
    used = _live_chains(host, levels=50) | _direct_snapshot_disks(host)
    return _but(_files(host, {".avhdx"}), used)


def remove_ffuvm(host: HostView) -> set[str]:
    """Remove-FFUVM: only disks of snapshots are in use; other AVHDX of the VM's folder go."""
    in_folders = {
        path
        for path in _files(host, {".avhdx"})
        if any(_is_below(path, v.folder) for v in host.vms)
    }
    return _but(in_folders, _direct_snapshot_disks(host))


RULES: Mapping[str, Rule] = {
    "Get-HyperVVMCheckpointHealth": checkpoint_health,
    "Get-VMOrphanedFiles (Posher-V)": posher_v,
    "AVHDX_Merge (Leproide)": avhdx_merge,
    "Find-OrphanedVMFiles (rescrack)": orphaned_vm_files,
    "Get-OrphanedVHDs (alfredmyers)": orphaned_vhds,
    "Get-OrphanVHDsV3 (carslen)": orphan_vhds_v3,
    "avhdx-cleanup (chrisskurda)": avhdx_cleanup,
    "Get-HyperVBackupDiag": backup_diag,
    "Remove-FFUVM (FFU builder)": remove_ffuvm,
}


def _all_heads(vm: SeenVm) -> Iterator[str]:
    yield from vm.disks
    for disks in vm.snapshot_disks:
        yield from disks


def _live_chains(host: HostView, levels: int = 256) -> set[PathKey]:
    return {
        path_key(link) for vm in host.vms for disk in vm.disks for link in host.chain(disk, levels)
    }


def _direct_snapshot_disks(host: HostView) -> set[PathKey]:
    return {path_key(path) for vm in host.vms for disks in vm.snapshot_disks for path in disks}


def _files(host: HostView, suffixes: set[str]) -> set[str]:
    return {path for path in host.files if suffix_of(path) in suffixes}


def _but(files: set[str], used: set[PathKey]) -> set[str]:
    return {path for path in files if path_key(path) not in used}


def _is_below(path: str, folder: str) -> bool:
    return path_key(path).startswith(path_key(folder).rstrip("\\") + "\\")
