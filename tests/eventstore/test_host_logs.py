"""Event logs as a witness: of power, where no history tells it, and of nothing else."""

import pytest

from eventstore.events import (
    Event,
    LogRecordSeen,
    SlotDisk,
    VmConfigurationSeen,
    VmRegistered,
    VmStarted,
)
from eventstore.evidence.log_meanings import VMMS, WORKER
from eventstore.fleet import Fleet
from eventstore.ids import VmId, derive, log_stream, vm_stream
from eventstore.machine import When
from eventstore.moments import later
from tests.story import START

VM = VmId(derive("web01"))
BASE = "C:\\VMs\\web01.vhd"
READ = VmConfigurationSeen(
    "web01", "C:\\VMs\\Virtual Machines\\x.xml", "x", 512, (SlotDisk("IDE 0:0", BASE),)
)


def record(
    event_id: int, *, provider: str = WORKER, code: str = "", is_doubtful: bool = False
) -> LogRecordSeen:
    return LogRecordSeen(
        computer="HV01",
        channel=f"{provider}-Admin",
        record=event_id,
        provider=provider,
        event_id=event_id,
        vm=VM,
        vm_name="web01",
        code=code,
        is_doubtful=is_doubtful,
    )


def told(*events: Event) -> Fleet:
    fleet = Fleet()
    for number, event in enumerate(events, 1):
        stream = vm_stream(VM)
        if isinstance(event, LogRecordSeen):
            stream = log_stream(event.computer, event.channel)
        fleet.evolve(stream, event, When(later(START, minutes=number), number))
    return fleet


@pytest.mark.parametrize(
    ("event_id", "power"),
    [
        (18500, "running"),
        (18502, "off"),
        (18504, "off"),
        (18508, "off"),
        (18510, "saved"),
        (18512, "running"),
        (18514, "running"),
        (18516, "paused"),
        (18518, "running"),
        (18596, "running"),
    ],
)
def test_a_record_tells_the_power_of_a_vm_known_by_its_configuration(
    event_id: int, power: str
) -> None:
    assert told(READ, record(event_id)).machines[VM].power == power
    assert told(record(event_id), READ).machines[VM].power == power


def test_the_last_record_counts_and_one_of_another_kind_leaves_it() -> None:
    fleet = told(record(18500), READ, record(18502), record(19070, provider=VMMS))

    assert fleet.machines[VM].power == "off"


def test_history_of_its_own_stands_above_every_record() -> None:
    registered = VmRegistered("web01", "offline", True, "C:\\VMs", READ.disks)
    fleet = told(registered, VmStarted(), record(18502))

    assert fleet.machines[VM].power == "running"
    assert fleet.machines[VM].contradictions == ()


def test_what_the_vms_own_stream_said_since_stands_above_an_older_record() -> None:
    assert told(READ, record(18502), VmStarted(), READ).machines[VM].power == "running"


def test_a_record_makes_no_vm_no_snapshot_and_no_disk() -> None:
    before, after = told(READ), told(READ, record(18500), record(19080, provider=VMMS))

    assert told(record(18500)).machines == {}
    assert after.machines[VM].disks == before.machines[VM].disks
    assert after.machines[VM].snapshots == {}
    assert after.machines[VM].merging == ()


def test_a_doubtful_record_is_believed_by_nobody() -> None:
    fleet = told(READ, record(18500), record(18502, is_doubtful=True))

    assert fleet.machines[VM].power == "running"


def test_the_last_word_on_merges_is_kept_with_its_reason() -> None:
    fleet = told(record(19070, provider=VMMS), record(19100, provider=VMMS, code="0x80070070"))
    last = fleet.host_logs.merges[VM]

    assert (last.step, last.code, last.when.position) == ("failed", "0x80070070", 2)


def test_what_the_table_does_not_know_is_counted_by_its_id() -> None:
    fleet = told(record(4711), record(4711), record(18500), record(18500, provider=VMMS))

    assert list(fleet.host_logs.unknown.values()) == [{(WORKER, 4711): 2}, {(VMMS, 18500): 1}]


def test_a_copy_of_the_fleet_hears_for_itself() -> None:
    fleet = told(READ, record(18500))
    copied = fleet.copy()
    copied.evolve("log-of/hv01/x", record(18502), When(later(START, hours=1), 9))

    assert copied.machines[VM].power == "off"
    assert fleet.machines[VM].power == "running"
    assert fleet.host_logs.power[VM].power == "running"


def test_one_log_has_one_stream_however_its_channel_is_spelled() -> None:
    assert log_stream("HV01", "Microsoft-Windows-VHDMP/Operational") == (
        "log-of/hv01/microsoft-windows-vhdmp-operational"
    )
