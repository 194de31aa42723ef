"""What a configuration says and nobody understands is kept; hardware and too much are not."""

from eventstore.evidence.keytree import Key
from eventstore.evidence.other_keys import CHARACTERS_MAX, KEYS_MAX, REST, VALUE_MAX, other_keys
from eventstore.evidence.vmconfig import read_configuration
from eventstore.ids import SnapshotId, VmId, derive
from eventstore.moments import Moment
from eventstore.simulate.config_files import ConfiguredVm, snapshot_configuration, vm_configuration
from tests.eventstore.evidence.test_vmconfig import IDE, controller, device, drive, of_vm, string
from tests.real_evidence import EVIDENCE, needs_real_evidence

VM = ConfiguredVm(vm_id=VmId(derive("web01")), policy="offline", root=r"C:\VMs")
S1 = SnapshotId(derive("S1"))
NOW = Moment("2010-09-26T06:03:00.000000Z")


def leaf(name: str, value: str | int | bool | bytes = "x", declared: str = "string") -> Key:
    return Key(name, declared, value)


def node(name: str, *children: Key) -> Key:
    return Key(name, children=children)


def test_the_unknown_keys_of_a_snapshot_are_kept() -> None:
    """The first real snapshot's file teaches its key names: they must not be lost."""
    more = string("parent_snapshot", S1) + '<taken type="bytes">AAAA</taken>'
    told = read_configuration(of_vm(type_id="Snapshots", more=more))

    assert told.other_keys == (("properties/parent_snapshot", S1), ("properties/taken", "000000"))


def test_the_entries_of_a_snapshot_list_are_kept() -> None:
    listed = "<global_settings><snapshots><list><size type='integer'>1</size>"
    listed += f"<node0>{string('guid', S1)}</node0></list></snapshots></global_settings>"

    told = read_configuration(of_vm(listed))

    assert told.snapshots_listed == 1
    assert told.other_keys == (("global_settings/snapshots/list/node0/guid", S1),)


def test_hardware_and_what_is_understood_are_not_kept_twice() -> None:
    drives = device(IDE, controller(0, drive(0, r"C:\a.vhd")))
    hardware = f"<settings><memory>{string('bank', '1')}</memory></settings>"

    assert read_configuration(of_vm(drives, hardware)).other_keys == ()


def test_what_our_simulated_host_writes_is_understood() -> None:
    own = vm_configuration(VM, name="web01", disks={}, snapshots=(S1,))
    of_snapshot = snapshot_configuration(
        VM, snapshot=S1, name="S1", disks={}, parent=None, taken_at=NOW
    )

    for data in (own, of_snapshot):
        kept = read_configuration(data).other_keys
        assert not [path for path, _ in kept if "simulated" in path]


def test_a_long_value_is_cut_and_says_so() -> None:
    ((_, value),) = other_keys(node("", leaf("notes", "n" * (VALUE_MAX + 1))), ())

    assert value == "n" * VALUE_MAX + "…"


def test_too_many_keys_are_counted() -> None:
    kept = other_keys(node("", *(leaf(f"k{n}") for n in range(KEYS_MAX + 5))), ())

    assert len(kept) == KEYS_MAX + 1
    assert kept[-1] == (REST, "5")


def test_too_much_text_is_counted() -> None:
    kept = other_keys(node("", *(leaf(f"k{n}", "n" * VALUE_MAX) for n in range(100))), ())

    assert sum(len(path) + len(value) for path, value in kept[:-1]) <= CHARACTERS_MAX
    assert kept[-1] == (REST, str(101 - len(kept)))


def test_images_in_drives_are_told_and_are_no_disks() -> None:
    drives = (drive(0, r"D:\setup.iso", "ISO"), drive(1, r"D:\more.iso", "NONE"))
    told = read_configuration(of_vm(device(IDE, controller(1, *drives))))

    assert {each.slot: each.path for each in told.media} == {
        "IDE 1:0": r"D:\setup.iso",
        "IDE 1:1": r"D:\more.iso",
    }
    assert told.disks == ()


def test_a_disk_in_an_iso_drive_is_a_disk_alone() -> None:
    told = read_configuration(of_vm(device(IDE, controller(1, drive(0, r"D:\a.vhd", "ISO")))))

    assert (len(told.disks), told.media) == (1, ())


@needs_real_evidence
def test_the_unknown_keys_of_real_files_are_few() -> None:
    assert EVIDENCE
    for place in (EVIDENCE / "xml").iterdir():
        kept = dict(read_configuration(place.read_bytes()).other_keys)
        assert "properties/last_powered_off_time" in kept
        assert len(kept) < 30
