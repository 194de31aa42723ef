"""What the names of files beside disks say."""

import pytest

from eventstore.events import SideKind
from eventstore.side_files import disk_tracked, is_auto_recovery, kind_of, owner_of

GUID = "1CE6964B-29B6-4D37-97AA-E847195217F3"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (r"C:\VMs\web01.vhdx.rct", "change_tracking"),
        (r"C:\VMs\web01.vhdx.MRT", "modified_regions"),
        (r"C:\VMs\ウェブ.hrl", "replica_log"),
        (r"C:\VMs\shared.vhds", "vhd_set"),
        ("/case/ISO/Setup.ISO", "image"),
        (r"C:\VMs\boot.vfd", "image"),
        (rf"C:\VMs\{GUID}.bin", "memory"),
        (rf"C:\VMs\{GUID.lower()}.VSV", "devices"),
        (rf"C:\VMs\{GUID}.vmrs", "runtime_state"),
        (rf"C:\VMs\{GUID}.vmgs", "guest_state"),
        (r"C:\VMs\web01.vmrs", "runtime_state"),
        (r"C:\VMs\firmware.bin", None),
        (r"C:\VMs\notes.vsv", None),
        (r"C:\VMs\web01.vhdx", None),
        (r"C:\VMs\rct", None),
        ("", None),
    ],
)
def test_a_name_says_what_a_side_file_is(path: str, kind: SideKind | None) -> None:
    assert kind_of(path) == kind


def test_state_belongs_to_the_guid_it_is_called_by() -> None:
    assert owner_of(rf"C:\VMs\{GUID.lower()}.vmrs") == GUID
    assert owner_of(r"C:\VMs\web01.vmrs") is None
    assert owner_of(rf"C:\VMs\{GUID}.iso") is None


def test_tracking_belongs_to_the_disk_it_is_called_by() -> None:
    assert disk_tracked(r"C:\VMs\web01.vhdx.rct") == r"C:\VMs\web01.vhdx"
    assert disk_tracked(r"C:\VMs\web01.hrl") is None


def test_a_disk_that_a_backup_made_is_known_by_its_name() -> None:
    assert is_auto_recovery(r"C:\VMs\web01-AutoRecovery.avhdx")
    assert not is_auto_recovery(r"C:\VMs\web01-AutoRecovery.txt")
    assert not is_auto_recovery(r"C:\VMs\AutoRecovery.avhdx")
