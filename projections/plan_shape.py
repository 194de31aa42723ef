"""The shape of a plan: what to do, in which order, what to look at after each step, or why not."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from eventstore.events import Policy, Power
from eventstore.ids import SnapshotId
from projections.merge_space import VolumeNeed
from projections.merges import FutureMerge
from projections.plan_objections import Objection
from projections.shapes import VmRef

StepKind = Literal[
    "record",
    "back_up",
    "wait",
    "resume",
    "start",
    "shut_down",
    "delete",
    "copy",
    "link",
    "merge",
    "try_out",
]

Where = Literal["powershell", "manager", "anywhere"]
"""Whose words `commands` are: Windows PowerShell 5.1 (2012 and later), Hyper-V Manager, a shell."""


class SnapshotLost(Struct, frozen=True):
    """A snapshot that nobody can go back to any more."""

    id: SnapshotId
    name: str


class Expected(Struct, frozen=True):
    """What is true after a step when all went as the rules say."""

    power: Power | None
    snapshots: tuple[SnapshotLost, ...]
    head_disks: Mapping[str, str]
    avhds: int


class Look(Struct, frozen=True):
    """Something to look at after a step: by which command, if any, and what it must show."""

    expect: str
    command: str = ""


class PlanStep(Struct, frozen=True):
    """One step. `commands` are to be typed by somebody; nothing here runs anything.

    `words` are the same as `snapledger forecast VM` takes them; empty where nothing of the VM
    changes. `merges`, `deleted_files` and `volumes` are what follows from this step alone.
    `otherwise` says what to do when anything of `look_at` differs: then the plan ends there.
    """

    number: int
    kind: StepKind
    text: str
    where: Where
    commands: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    merges: tuple[FutureMerge, ...] = ()
    deleted_files: tuple[str, ...] = ()
    volumes: tuple[VolumeNeed, ...] = ()
    expected: Expected | None = None
    look_at: tuple[Look, ...] = ()
    otherwise: str = ""


class Plan(Struct, frozen=True):
    """The way from here to no AVHDs, or why there is none that can be advised.

    `is_done`: there is none that the VM needs. With `objections` there are no `steps`. `by_hand` is
    the last resort where Hyper-V itself cannot merge: always on copies. `loses` are the snapshots
    that nobody could go back to afterwards. `leftovers` are AVHDs beside the chain, which no merge
    takes away. `gaps` are what nobody looked at: a VM that only stands there may need these disks.
    """

    vm: VmRef
    policy: Policy
    is_done: bool
    objections: tuple[Objection, ...] = ()
    loses: tuple[SnapshotLost, ...] = ()
    steps: tuple[PlanStep, ...] = ()
    by_hand: tuple[PlanStep, ...] = ()
    leftovers: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
