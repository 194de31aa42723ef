"""What records of Hyper-V's logs mean: one table by provider, channel and event id.

The same id means different things on different channels, so nothing is looked up by id alone.
Sources, row by row: genuine records and Microsoft's own code (power, 13002, 18303, 19100, 12010,
12140, 12142, VHDMP); tools of Microsoft and Veeam (merges, 18012, space, configuration);
HyperVive's source. Rows that rest on one weak source or on memory are marked so, and yield
nothing but inferred events. No log tells of a successful take, apply, delete or rename.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from eventstore.events import Power
from eventstore.evidence.log_records import HYPERVIVE, VHDMP

VMMS = "Microsoft-Windows-Hyper-V-VMMS"
WORKER = "Microsoft-Windows-Hyper-V-Worker"
CONFIG = "Microsoft-Windows-Hyper-V-Config"
STORAGE_VSP = "Microsoft-Windows-Hyper-V-StorageVSP"

Confidence = Literal["documented", "from memory"]
MergeStep = Literal["started", "finished", "interrupted", "failed"]


class Meaning(Struct, frozen=True):
    """What a record says, as words with `{vm}` and the record's own fields in their places.

    `power` is the VM's state afterwards, `merge` what became of the merge of its disks.
    """

    words: str
    confidence: Confidence = "documented"
    power: Power | None = None
    merge: MergeStep | None = None


def meaning_of(provider: str, channel: str, event_id: int) -> Meaning | None:
    """Give the meaning of a record, None where the table does not know it."""
    return TABLE.get((provider.casefold(), channel.casefold().replace("/", "-"), event_id))


_WORKER_ROWS = {
    18500: Meaning("{vm} was started", power="running"),
    18502: Meaning("{vm} was turned off", power="off"),
    18504: Meaning("{vm} was shut down from its host", power="off"),
    18508: Meaning("{vm} was shut down by its guest", power="off"),
    18510: Meaning("{vm} was saved", "from memory", power="saved"),
    18512: Meaning("{vm} was reset from its host; to its disks it never stopped", power="running"),
    18514: Meaning(
        "{vm} was restarted by its guest; to its disks it never stopped", power="running"
    ),
    18515: Meaning("{vm} stopped for a restart that its guest asked for"),
    18516: Meaning("{vm} was paused", "from memory", power="paused"),
    18518: Meaning("{vm} was resumed", "from memory", power="running"),
    18528: Meaning("{vm} was turned off after a critical error", power="off"),
    18539: Meaning("{vm} was reset after its processor failed threefold"),
    18540: Meaning("{vm} was reset after its processor failed threefold"),
    18550: Meaning("{vm} was reset after its processor failed threefold"),
    18560: Meaning("{vm} was reset after its processor failed threefold"),
    18590: Meaning("the guest of {vm} crashed"),
    18596: Meaning("{vm} was restored from its saved state", "from memory", power="running"),
    18608: Meaning("the guest of {vm} hibernated"),
    3216: Meaning("{vm} could not switch to the new disks of a checkpoint"),
    3280: Meaning("a checkpoint or disk of {vm} failed"),
    12010: Meaning("a device of {vm} could not be powered on"),
    12140: Meaning("a disk attached to {vm} could not be opened"),
    12142: Meaning("a disk in a chain of {vm} could not be opened"),
    12240: Meaning("a disk attached to {vm} was not found"),
    12290: Meaning("a disk attached to {vm} could not be opened"),
    **{each: Meaning("{vm} told how it booted") for each in range(18601, 18607)},
    **{
        each: Meaning("{vm} could not be started, saved or restored")
        for each in (12030, 12040, 12050, 12054, 12080)
    },
    **{each: Meaning("{vm} had no memory to start with") for each in (3030, 3040, 3050, 3122)},
    **{each: Meaning("the saved state of {vm} could not be written") for each in (3080, 3320)},
}

_VMMS_ROWS = {
    13002: Meaning("{vm} was created"),
    13003: Meaning("{vm} was deleted"),
    18303: Meaning("{vm} was exported"),
    18304: Meaning("{vm}, made or imported, became a VM of this host", "from memory"),
    14070: Meaning("the worker process of {vm} died"),
    18012: Meaning("a checkpoint of {vm} failed"),
    18014: Meaning("a checkpoint of {vm} was cancelled"),
    18590: Meaning("a checkpoint of {vm} failed"),
    19070: Meaning("a merge of disks of {vm} started", merge="started"),
    19080: Meaning("a merge of disks of {vm} was finished", merge="finished"),
    19090: Meaning("a merge of disks of {vm} was interrupted", merge="interrupted"),
    19100: Meaning("a merge of disks of {vm} failed", merge="failed"),
    16210: Meaning("a disk of {vm} could not be merged when it was deleted"),
    16150: Meaning("the folder of {vm} could not be deleted"),
    16020: Meaning("{vm} met an error that was not expected"),
    16050: Meaning("a volume with disks of {vm} is low on space"),
    16060: Meaning("{vm} was paused, as a volume with its disks is full", power="paused"),
    16300: Meaning("a VM's configuration could not be loaded"),
    16310: Meaning("a VM's configuration is corrupt"),
    16400: Meaning("the configuration of {vm} could no longer be reached"),
    16410: Meaning("the configuration of {vm} could no longer be reached"),
    16420: Meaning("the configuration of a checkpoint of {vm} could no longer be reached"),
    20100: Meaning("the configuration of {vm} could not be registered"),
    20102: Meaning("the configuration of {vm} could not be unregistered"),
    20104: Meaning("the configuration of {vm} could not be verified"),
    12140: Meaning("a disk attached to {vm} could not be opened"),
    12240: Meaning("a disk attached to {vm} was not found"),
    12290: Meaning("a disk attached to {vm} could not be opened"),
    15268: Meaning("a disk of {vm} could not be looked at"),
    10102: Meaning("a checkpoint of {vm} for a backup failed"),
    15252: Meaning("a checkpoint of {vm} for a backup failed"),
    10103: Meaning("a disk of {vm} could not be taken back to its state in a backup"),
    10104: Meaning("disks of {vm} could not be taken back to their state in a backup"),
}

_VHDMP_ROWS = {
    1: Meaning("{VhdFileName} came online as a disk, mounted on the host or attached to a VM"),
    2: Meaning("{VhdFileName} went offline as a disk"),
    5: Meaning("{VhdMetaOps} of {VhdFileName} failed"),
    6: Meaning("reading or writing {VhdFileName} failed"),
    7: Meaning(
        "the chain of {VhdFileName} is corrupt: its parent's data was written since, or it is "
        "another one"
    ),
    9: Meaning("{VhdFileName} was written to without its change tracking"),
    50: Meaning("{VhdMetaOps} of {VhdFileName} began"),
    51: Meaning("{VhdMetaOps} of {VhdFileName} was done"),
}

_HYPERVIVE_ROWS = {
    4000: Meaning('{User} asked for the checkpoint action "{Action}" on {vm}'),
    4001: Meaning('the checkpoint action "{Action}" on {vm} succeeded, asked for by {User}'),
    4002: Meaning('the checkpoint action "{Action}" on {vm} failed, asked for by {User}'),
}

_CONFIG_ROWS = {4096: Meaning("the configuration of {vm} could no longer be reached")}

_STORAGE_ROWS = {
    each: Meaning("the disk {DeviceName} got into or out of trouble", "from memory")
    for each in (4, 5, 6)
}

_LOGS: Mapping[tuple[str, str], Mapping[int, Meaning]] = {
    (WORKER, f"{WORKER}-Admin"): _WORKER_ROWS,
    (VMMS, f"{VMMS}-Admin"): _VMMS_ROWS,
    (VHDMP, f"{VHDMP}-Operational"): _VHDMP_ROWS,
    (CONFIG, f"{CONFIG}-Admin"): _CONFIG_ROWS,
    (STORAGE_VSP, f"{STORAGE_VSP}-Admin"): _STORAGE_ROWS,
    (HYPERVIVE, "Application"): _HYPERVIVE_ROWS,
}

TABLE: Mapping[tuple[str, str, int], Meaning] = {
    (provider.casefold(), channel.casefold(), event_id): meaning
    for (provider, channel), rows in _LOGS.items()
    for event_id, meaning in rows.items()
}
"""All that is known, by provider and channel in lower case, the channel without its slash."""
