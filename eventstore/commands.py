"""What somebody wants done, in the imperative; `decide` answers with events or `Refused`.

Commands carry every id they need: `decide` draws none. `seed` names the ids and disk names that
the caller did not choose (`ids.derive(seed, …)`), so a run repeats.
"""

from collections.abc import Mapping

from msgspec import Struct

from eventstore.events import Policy, SlotDisk
from eventstore.ids import SnapshotId


class RegisterVm(Struct, frozen=True):
    """Create the VM on its host, off, with these disks."""

    name: str
    policy: Policy
    root: str
    merge_on_save: bool = True
    disks: tuple[SlotDisk, ...] = ()


class RemoveVm(Struct, frozen=True):
    """Delete the VM; pending merges run first, disks stay."""


class StartVm(Struct, frozen=True):
    """Turn the VM on, or restore it when it is saved."""


class ShutDownVm(Struct, frozen=True):
    """Shut the guest down."""


class TurnOffVm(Struct, frozen=True):
    """Switch the VM off, or discard its saved state."""


class SaveVm(Struct, frozen=True):
    """Write the memory to disk and stop."""


class PauseVm(Struct, frozen=True):
    """Stop the clock of the VM."""


class ResumeVm(Struct, frozen=True):
    """Let the paused VM run on."""


class ResetVm(Struct, frozen=True):
    """Press the reset button."""


class RestartVm(Struct, frozen=True):
    """Restart the guest."""


class TakeSnapshot(Struct, frozen=True):
    """Keep this moment. `paths` chooses the new disk's path by slot where it is not derived."""

    snapshot: SnapshotId
    name: str
    seed: str
    production: bool = False
    paths: Mapping[str, str] = {}


class ApplySnapshot(Struct, frozen=True):
    """Go back to the snapshot; the running state is lost."""

    snapshot: SnapshotId
    seed: str
    paths: Mapping[str, str] = {}


class TakeAndApply(Struct, frozen=True):
    """Keep this moment as `take`, then go back to `snapshot`."""

    take: SnapshotId
    name: str
    snapshot: SnapshotId
    seed: str


class Revert(Struct, frozen=True):
    """Go back to the snapshot that Now hangs under."""

    seed: str
    paths: Mapping[str, str] = {}


class RenameSnapshot(Struct, frozen=True):
    """Give the snapshot another name."""

    snapshot: SnapshotId
    name: str


class DeleteSnapshot(Struct, frozen=True):
    """Delete one snapshot; what hangs below it moves up."""

    snapshot: SnapshotId


class DeleteSubtree(Struct, frozen=True):
    """Delete the snapshot and everything below it."""

    snapshot: SnapshotId


class AttachDisk(Struct, frozen=True):
    """Let Now use this disk."""

    disk: SlotDisk


class DetachDisk(Struct, frozen=True):
    """Take the disk in `slot` away from Now."""

    slot: str


class HoldMerges(Struct, frozen=True):
    """Let merges start but not finish, as a slow or stuck disk would."""


class FinishMerges(Struct, frozen=True):
    """Let held merges run to their end."""


class FailMerge(Struct, frozen=True):
    """Let the running merges fail with the HRESULT `code`."""

    code: str


Command = (
    RegisterVm
    | RemoveVm
    | StartVm
    | ShutDownVm
    | TurnOffVm
    | SaveVm
    | PauseVm
    | ResumeVm
    | ResetVm
    | RestartVm
    | TakeSnapshot
    | ApplySnapshot
    | TakeAndApply
    | Revert
    | RenameSnapshot
    | DeleteSnapshot
    | DeleteSubtree
    | AttachDisk
    | DetachDisk
    | HoldMerges
    | FinishMerges
    | FailMerge
)
