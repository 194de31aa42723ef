"""What each step of a plan says: in Hyper-V Manager's words for 2008 R2, in PowerShell since 2012.

Cmdlets and parameters are those of Microsoft's reference of the module Hyper-V. VMs and snapshots
go by GUID: `-Name` takes wildcards, several may bear one name, and a name may be anything.
"""

from collections.abc import Iterable

from eventstore.ids import SnapshotId
from eventstore.machine import Machine
from projections.phrases import counted, listed
from projections.plan_route import Deed
from projections.plan_shape import Expected, Look, PlanStep, Where
from projections.powershell_words import quoted
from projections.snapshot_tree import slot_order

_STOP = (
    "Go no further: delete nothing more, start nothing. Record the folder again and ask for a new "
    "plan; what it objects to is what went wrong."
)
_MERGE_STOP = (
    "Go no further and delete nothing more. While a merge runs, wait. Event 19100 of Hyper-V-VMMS "
    "tells why one failed (0x80070070: the volume is full); then record again and ask anew."
)


def where_of(machine: Machine) -> Where:
    return "manager" if machine.policy == "offline" else "powershell"


def name_of(machine: Machine) -> str:
    return machine.name or machine.id


def vm_words(machine: Machine) -> str:
    """Give the words for the VM in PowerShell."""
    return f"(Get-VM -Id {quoted(machine.id)})"


def record_step(machine: Machine, folders: Iterable[str]) -> PlanStep:
    name = name_of(machine)
    return PlanStep(
        0,
        "record",
        f"Record {listed(list(folders))} again, and ask for this plan again: it rests on what was "
        "read, and somebody may have changed something since.",
        "anywhere",
        look_at=(Look(f"the plan for {name} has the same steps, and objects to nothing"),),
        otherwise="Follow the new plan, or settle what it objects to.",
    )


def backup_step(machine: Machine, size_bytes: int | None, files: int) -> PlanStep:
    """Backups first: everything after this changes or deletes files for good."""
    name = name_of(machine)
    size = f", {size_bytes:,} bytes" if size_bytes is not None else ""
    what = f"Back up {name} with all its disks ({counted(files, 'file')}{size})"
    look = Look("the backup is complete, stands on another volume, and somebody has tried it")
    stop = "Do nothing else before there is a backup."
    if machine.policy == "live":
        return PlanStep(
            0,
            "back_up",
            f"{what}. An export does it while the VM runs since 2012 R2; in 2012 it must be off.",
            "powershell",
            commands=(
                "$backup = Read-Host 'an empty folder on another volume'",
                f"$vm = Get-VM -Id {quoted(machine.id)}",
                "Export-VM -VM $vm -Path $backup",
            ),
            look_at=(look,),
            otherwise=stop,
        )
    if machine.power is None:
        text = (
            f"{what}: from its host or from inside its guest if it runs, else by an export. Do not "
            "shut it down for that: once it is off, what is pending merges."
        )
    elif machine.power == "off":
        text = f"{what}: select it in Hyper-V Manager, Action > Export, a folder on another volume."
    else:
        text = (
            f"{what} while it runs, from its host or from inside its guest: an export needs it "
            "off, and once it is off, what is pending merges."
        )
    return PlanStep(0, "back_up", text, "manager", look_at=(look,), otherwise=stop)


def deed_step(before: Machine, deed: Deed, expected: Expected) -> PlanStep:
    """Put a deed of the route into words; `before` is the VM before it."""
    match deed.action:
        case "wait":
            return _wait(before, expected)
        case "delete" if deed.snapshot is not None:
            return _delete(before, deed.snapshot, expected)
        case "shut_down":
            return _shut_down(before, expected, for_good=deed.for_good)
        case "start":
            return _start(before, expected, for_good=deed.for_good)
        case _:
            return _resume(before, expected)


def _wait(machine: Machine, expected: Expected) -> PlanStep:
    name = name_of(machine)
    rule = "a start would throw its progress away" if machine.policy == "offline" else "it runs"
    return PlanStep(
        0,
        "wait",
        f"Wait until {name} merges no longer; leave it as it is meanwhile, for {rule}.",
        where_of(machine),
        commands=_status(machine),
        words=("finish-merges",),
        look_at=_looks(machine, expected),
        otherwise=_MERGE_STOP,
    )


def _delete(machine: Machine, snapshot: SnapshotId, expected: Expected) -> PlanStep:
    told = machine.snapshots[snapshot]
    text = (
        f'Delete the snapshot "{told.name}" of {name_of(machine)}, taken {told.taken.at}; its '
        "state is lost."
    )
    if told.kind == "recovery":
        text += " A backup made it: be sure that none is running, and that none wants to keep it."
    if machine.policy == "offline":
        text += (
            " In Hyper-V Manager right-click it, Delete Snapshot (not the subtree), and leave the "
            "VM off until the merge is done."
        )
    commands: tuple[str, ...] = (f"Get-VMSnapshot -Id {quoted(snapshot)} | Remove-VMSnapshot",)
    if told.kind == "automatic":
        text += " Windows made it at a start, and makes another at the next unless that is off."
        commands = (
            f"$vm = Get-VM -Id {quoted(machine.id)}",
            "Set-VM -VM $vm -AutomaticCheckpointsEnabled $false",
            *commands,
        )
    return PlanStep(
        0,
        "delete",
        text,
        where_of(machine),
        commands=commands if machine.policy == "live" else (),
        words=("delete", snapshot),
        look_at=_looks(machine, expected),
        otherwise=_MERGE_STOP,
    )


def _shut_down(machine: Machine, expected: Expected, *, for_good: bool) -> PlanStep:
    name = name_of(machine)
    text = f"Shut {name} down"
    if machine.power is None:
        text = f"See whether {name} runs, which nothing recorded tells; if it does, shut it down"
    if for_good:
        text += ", as it was before"
    elif machine.policy == "offline":
        text += (
            " (Action > Shut Down; a restart, Reset or Pause is not enough), and leave it off: "
            "what is pending merges only then"
        )
    else:
        text += ", and leave it off until the merge that is overdue is done"
    return PlanStep(
        0,
        "shut_down",
        f"{text}.",
        where_of(machine),
        commands=(f"Stop-VM -VM {vm_words(machine)}",) if machine.policy == "live" else (),
        words=("shutdown",),
        look_at=_looks(machine, expected),
        otherwise=_MERGE_STOP,
    )


def _start(machine: Machine, expected: Expected, *, for_good: bool) -> PlanStep:
    name = name_of(machine)
    text = f"Start {name} again, and see that it works."
    if not for_good:
        why = "it is saved, and would lose its state if it were turned off"
        if machine.power != "saved":
            why = "what did not run to its end is tried again at the next stop"
        text = f"Start {name}: {why}."
    return PlanStep(
        0,
        "start",
        text,
        where_of(machine),
        commands=(f"Start-VM -VM {vm_words(machine)}",) if machine.policy == "live" else (),
        words=("start",),
        look_at=_looks(machine, expected),
        otherwise=_STOP,
    )


def _resume(machine: Machine, expected: Expected) -> PlanStep:
    return PlanStep(
        0,
        "resume",
        f"Resume {name_of(machine)}: it is paused, and can be shut down only while it runs.",
        where_of(machine),
        commands=(f"Resume-VM -VM {vm_words(machine)}",) if machine.policy == "live" else (),
        words=("resume",),
        look_at=_looks(machine, expected),
        otherwise=_STOP,
    )


def _status(machine: Machine) -> tuple[str, ...]:
    return (f"{vm_words(machine)}.Status",) if machine.policy == "live" else ()


def _looks(machine: Machine, expected: Expected) -> tuple[Look, ...]:
    """What must be true now: no merge under way, these snapshots, these disks, this power."""
    is_live = machine.policy == "live"
    vm = vm_words(machine)
    names = [f'"{each.name}"' for each in expected.snapshots]
    left = f"{counted(len(names), 'snapshot')} left: {listed(names)}" if names else "no snapshot"
    heads = [
        f"{slot} {expected.head_disks[slot]}"
        for slot in sorted(expected.head_disks, key=slot_order)
    ]
    quiet = "Operating normally, no merge under way" if is_live else "no merge under way in Manager"
    power = f"; it is {expected.power}" if expected.power else ""
    return (
        Look(f"{quiet}{power}", f"{vm}.Status" if is_live else ""),
        Look(left, f"Get-VMSnapshot -VM {vm}" if is_live else ""),
        Look(
            f"its disks: {listed(heads)}",
            f"Get-VMHardDiskDrive -VM {vm}" if is_live else "",
        ),
    )
