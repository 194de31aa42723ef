"""What configurations say: real files to the letter, drives in every shape, honest gaps."""

import os
import random
from base64 import b64encode
from contextlib import suppress

import pytest
from msgspec.structs import replace

from eventstore.errors import NotAConfiguration
from eventstore.events import SlotDisk
from eventstore.evidence.vmconfig import Configuration, read_configuration
from eventstore.ids import SnapshotId, VmId
from tests.real_evidence import EVIDENCE, needs_real_evidence

VM = VmId("E47E468F-8426-4C4A-98A7-0483DD4F0BE1")
SNAPSHOT = SnapshotId("11111111-2222-4333-8444-555555555555")
IDE = "_83f8638b-8dca-4152-9eda-2ca8b33039b4_"
FLOPPY = "_8f0d2762-0b00-4e04-af4f-19010527cb93_"
FIRST_SCSI = "d33d01d8-8f56-450e-a8b0-030249e07b6e"
SECOND_SCSI = "aa4b08d9-e0f7-4add-b08c-3259ac8bd05d"
SCSI_DEVICE = "d422512d-2bf2-4752-809d-7b82b5fcb1b4"
MUTATIONS = int(os.environ.get("SNAPLEDGER_FUZZ", "500"))


def string(name: str, value: str) -> str:
    return f'<{name} type="string">{value}</{name}>'


def drive(location: int, pathname: str, kind: str = "VHD") -> str:
    return (
        f"<drive{location}>{string('pathname', pathname)}{string('type', kind)}</drive{location}>"
    )


def controller(number: int, *drives: str) -> str:
    return f"<controller{number}>{''.join(drives)}</controller{number}>"


def device(name: str, *controllers: str) -> str:
    return f"<{name}>{''.join(controllers)}</{name}>"


def manifest(*pairs: tuple[str, str]) -> str:
    entries = (
        f"<vdev{n:03}>{string('device', kind)}{string('instance', own)}</vdev{n:03}>"
        for n, (own, kind) in enumerate(pairs, start=1)
    )
    return f'<manifest><size type="integer">{len(pairs)}</size>{"".join(entries)}</manifest>'


def of_vm(*inside: str, type_id: str = "Virtual Machines", more: str = "") -> bytes:
    properties = string("global_id", VM) + string("type_id", type_id) + more
    return (
        f"<configuration>{''.join(inside)}<properties>{properties}</properties></configuration>"
    ).encode()


def disks_of(*inside: str) -> dict[str, str]:
    return {disk.slot: disk.path for disk in read_configuration(of_vm(*inside)).disks}


def real(name: str) -> Configuration:
    assert EVIDENCE is not None
    return read_configuration((EVIDENCE / "xml" / name).read_bytes())


@needs_real_evidence
def test_a_real_2008_r2_configuration_is_read_to_the_letter() -> None:
    found = real("manageiq-2008r2-linux1.xml")

    assert replace(found, other_keys=()) == Configuration(
        kind="vm",
        vm_id=VM,
        name="linux1",
        type_id="Virtual Machines",
        subtype=None,
        version=512,
        creation_time=None,
        disks=(
            SlotDisk(
                slot="IDE 0:0",
                path=r"C:\ProgramData\Microsoft\Windows\Hyper-V\linux1\linux1_disk_1.vhd",
            ),
        ),
        snapshots_listed=0,
        merge_pending=False,
        guids=(VM,),
    )
    assert len(found.other_keys) == 12
    assert found.other_keys[4] == (
        "global_settings/snapshots/data_root",
        r"C:\ProgramData\Microsoft\Windows\Hyper-V\linux1",
    )


@needs_real_evidence
def test_a_real_2012_r2_configuration_is_read_to_the_letter() -> None:
    found = real("B90AC31B-C6F8-479F-9B91-07B894A6A3F6.xml")

    assert found.vm_id == "B90AC31B-C6F8-479F-9B91-07B894A6A3F6"
    assert (found.name, found.version, found.subtype) == ("Default Generation 1", 1280, 0)
    assert found.disks == (SlotDisk(slot="IDE 0:0", path=r"C:\Disks\Default Generation 1.vhdx"),)
    assert found.creation_time is None


@needs_real_evidence
def test_a_real_creation_time_is_a_filetime_in_base64() -> None:
    assert real("mwrock-2012r2-vm.XML").creation_time == "2014-11-09T05:34:40.431732Z"


def test_optical_floppy_empty_and_physical_drives_hold_no_disk_file() -> None:
    found = disks_of(
        device(IDE, controller(0, drive(0, r"C:\a.vhd"), drive(1, "", "NONE"))),
        device(FLOPPY, controller(0, drive(0, r"C:\boot.vfd", "VFD"))),
        device(
            f"_{FIRST_SCSI}_",
            controller(
                0, drive(0, r"D:\setup.iso", "ISO"), drive(1, r"\\.\PHYSICALDRIVE2", "PASS")
            ),
        ),
    )

    assert found == {"IDE 0:0": r"C:\a.vhd"}


def test_a_disk_file_counts_whatever_its_drive_is_called() -> None:
    found = disks_of(device(IDE, controller(1, drive(1, r"C:\a.AVHDX", "SOMETHING NEW"))))

    assert found == {"IDE 1:1": r"C:\a.AVHDX"}


def test_scsi_controllers_are_numbered_as_the_manifest_lists_them() -> None:
    found = disks_of(
        device(f"_{SECOND_SCSI}_", controller(0, drive(3, r"C:\second.vhd"))),
        device(f"_{FIRST_SCSI}_", controller(0, drive(0, r"C:\first.vhd"))),
        manifest((FIRST_SCSI.upper(), SCSI_DEVICE), (SECOND_SCSI.upper(), SCSI_DEVICE)),
    )

    assert found == {"SCSI 0:0": r"C:\first.vhd", "SCSI 1:3": r"C:\second.vhd"}


def test_a_scsi_controller_without_disks_takes_a_number() -> None:
    found = disks_of(
        device(f"_{SECOND_SCSI}_", controller(0, drive(0, r"C:\second.vhd"))),
        manifest((FIRST_SCSI, SCSI_DEVICE), (SECOND_SCSI, SCSI_DEVICE)),
    )

    assert found == {"SCSI 1:0": r"C:\second.vhd"}


def test_a_disk_of_an_unknown_controller_is_not_lost() -> None:
    found = disks_of(device(f"_{FIRST_SCSI}_", controller(0, drive(0, r"C:\a.vhdx"))))

    assert found == {"OTHER 0:0": r"C:\a.vhdx"}


def test_snapshots_listed_and_a_pending_merge_are_read() -> None:
    found = read_configuration(
        of_vm(
            '<global_settings><disk_merge_pending type="bool">True</disk_merge_pending><snapshots>'
            '<list><size type="integer">3</size></list></snapshots></global_settings>'
        )
    )

    assert found.snapshots_listed == 3
    assert found.merge_pending is True


@pytest.mark.parametrize(
    ("leaf", "expected"),
    [
        (
            b64encode((129_302_820_000_000_000).to_bytes(8, "little")).decode(),
            "2010-09-30T01:00:00",
        ),
        (b64encode(b"short").decode(), "None"),
        (b64encode(b"\xff" * 8).decode(), "None"),
    ],
)
def test_a_creation_time_that_is_none_is_no_time(leaf: str, expected: str) -> None:
    data = of_vm(more=f'<creation_time type="bytes">{leaf}</creation_time>')

    assert str(read_configuration(data).creation_time).startswith(expected)


def test_a_file_of_another_type_is_of_unknown_kind_and_keeps_its_disks() -> None:
    data = of_vm(device(IDE, controller(0, drive(0, r"C:\a.avhd"))), type_id="Planned")

    found = read_configuration(data)

    assert (found.kind, found.vm_id, found.type_id) == ("unknown", None, "Planned")
    assert [disk.path for disk in found.disks] == [r"C:\a.avhd"]


def test_the_guid_beside_a_snapshots_own_is_its_vm() -> None:
    both = of_vm(
        f"<settings><global>{string('logical_id', SNAPSHOT)}</global></settings>",
        type_id="Snapshots",
    )

    assert read_configuration(both).vm_besides(SNAPSHOT) == VM
    assert read_configuration(of_vm(type_id="Snapshots")).vm_besides(SNAPSHOT) == VM
    assert read_configuration(both).vm_besides(SnapshotId("0")) is None


def test_nothing_is_claimed_about_a_snapshots_parent_without_a_key() -> None:
    found = read_configuration(of_vm(type_id="Snapshots"))

    assert (found.parent, found.is_parent_known, found.taken_at) == (None, False, None)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<configuration/>", "properties: expected the keys of a virtual machine"),
        (
            of_vm(more='<version type="string">5</version>'),
            "properties/version: expected an integer",
        ),
        (of_vm().replace(VM.encode(), b"me"), "properties/global_id: expected the VM's GUID"),
        (
            of_vm(device(IDE, "<controller0><drive0><pathname/></drive0></controller0>")),
            "controller0/drive0/pathname: expected a string",
        ),
    ],
)
def test_a_configuration_that_lies_is_refused_with_the_place(data: bytes, message: str) -> None:
    with pytest.raises(NotAConfiguration, match=message):
        read_configuration(data)


def test_mutated_configurations_are_read_or_refused_never_a_crash() -> None:
    whole = of_vm(
        device(IDE, controller(0, drive(0, r"C:\a.vhd"))),
        device(f"_{FIRST_SCSI}_", controller(0, drive(0, r"C:\b.vhd"))),
        manifest((FIRST_SCSI, SCSI_DEVICE)),
        more='<creation_time type="bytes">j3iz2977zwE=</creation_time>',
    )
    chance = random.Random(18_500)
    for _ in range(MUTATIONS):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            data[chance.randrange(len(data))] = chance.choice(b'<>/"0129abcdeft_ \\-.\x00\xff')
        with suppress(NotAConfiguration):
            read_configuration(bytes(data))
