"""The last resort: merging by hand, on copies only, child by child from the top of the chain.

Merge-VHD takes a child's content into its parent and leaves the child behind, no longer valid; of a
chain the newest goes first, so that no file is ever relinked to a parent it was not made from. A
copy may still find its parent's original by the path in its header, so the links come before any
merge, and are looked at. Nothing is told to ignore an identity that does not match.
"""

from collections.abc import Iterator, Sequence

from eventstore.disk_rules import ancestors, now_refers_to
from eventstore.machine import Machine
from eventstore.paths import PathKey, suffix_of
from projections.plan_objections import Scene
from projections.plan_shape import Look, PlanStep, Where
from projections.plan_words import where_of
from projections.powershell_words import can_be_typed, quoted

_STOP = "Go no further: throw the copies away. The originals are as they were."


class _Chain:
    """One disk of Now and all it stands on, the newest first, and what the copies are called."""

    def __init__(self, scene: Scene, machine: Machine, head: PathKey, number: int) -> None:
        keys = (head, *ancestors(machine, head))
        self.paths = [machine.path(key) for key in keys]
        self.copies = [f"{number}-{at}{suffix_of(path)}" for at, path in enumerate(self.paths)]
        sightings = [scene.fleet.sightings.get(key) for key in keys]
        self.sizes = [each.seen.size_bytes if each else 0 for each in sightings]
        self.can_be_typed = all(map(can_be_typed, self.paths))
        self.is_merged = machine.disks[head].is_automatic


def by_hand_steps(scene: Scene, machine: Machine) -> Iterator[PlanStep]:
    """Give the steps for Now's disks; nothing when a path cannot be written into a command."""
    heads = tuple(dict.fromkeys(now_refers_to(machine)))
    known = [head for head in heads if head in machine.disks]
    chains = [_Chain(scene, machine, head, number) for number, head in enumerate(known, start=1)]
    chains = [chain for chain in chains if chain.is_merged]
    if not all(chain.can_be_typed for chain in chains):
        return
    where = where_of(machine)
    if chains:
        yield _copy(chains, where)
        yield _link(chains, where)
        for chain in chains:
            yield from _merge(chain, where)
        yield _try_out(machine, chains)


def _copy(chains: Sequence[_Chain], where: Where) -> PlanStep:
    files = [pair for chain in chains for pair in zip(chain.paths, chain.copies, strict=True)]
    needed = 2 * sum(size for chain in chains for size in chain.sizes)
    copies = (
        f"Copy-Item -LiteralPath {quoted(path)} -Destination {_work(copy)}" for path, copy in files
    )
    return PlanStep(
        0,
        "copy",
        f"See that nothing runs on these {len(files)} files. Copy them into an empty folder on a "
        f"volume with {needed:,} bytes free: the copies, and as much again for the merges.",
        where,
        commands=("$work = Read-Host 'an empty folder'", *copies)
        if where == "powershell"
        else tuple(f"copy {path} to {copy}" for path, copy in files),
        look_at=(Look("every copy is as long as its original"),),
        otherwise=_STOP,
    )


def _link(chains: Sequence[_Chain], where: Where) -> PlanStep:
    pairs = [pair for chain in chains for pair in zip(chain.copies, chain.copies[1:], strict=False)]
    commands = (
        f"Set-VHD -Path {_work(child)} -ParentPath {_work(parent)}"
        for child, parent in reversed(pairs)
    )
    leaves = [chain.copies[0] for chain in chains]
    return PlanStep(
        0,
        "link",
        "Let each copy name the copy of its parent, the oldest first: by the path in its header it "
        "may still find the original, and a merge would change that.",
        where,
        commands=tuple(commands)
        if where == "powershell"
        else tuple(
            f"Inspect Disk {child}: Reconnect to {parent}" for child, parent in reversed(pairs)
        ),
        look_at=(
            *(
                Look(f"ParentPath of {child} is the copy {parent}", f"Get-VHD -Path {_work(child)}")
                for child, parent in pairs
            ),
            *(Look("True", f"Test-VHD -Path {_work(leaf)}") for leaf in leaves),
        ),
        otherwise=f"{_STOP} Never use -IgnoreIdMismatch: it hides that the parent is another disk.",
    )


def _merge(chain: _Chain, where: Where) -> Iterator[PlanStep]:
    for child, parent in zip(chain.copies, chain.copies[1:], strict=False):
        command = f"Merge-VHD -Path {_work(child)} -DestinationPath {_work(parent)}"
        wizard = f"Edit Disk {child}: Merge, to the parent virtual hard disk {parent}"
        yield PlanStep(
            0,
            "merge",
            f"Merge the copy {child} into the copy {parent}. What is left of {child} is no disk "
            "any more.",
            where,
            commands=(command if where == "powershell" else wizard,),
            look_at=(Look("True", f"Test-VHD -Path {_work(parent)}"),),
            otherwise=_STOP,
        )


def _try_out(machine: Machine, chains: Sequence[_Chain]) -> PlanStep:
    results = ", ".join(chain.copies[-1] for chain in chains)
    return PlanStep(
        0,
        "try_out",
        f"Make a new VM without a network on {results}, start it, and see that it is "
        f"{machine.name or machine.id} as it was last. Keep the originals until that is proved.",
        where_of(machine),
        look_at=(Look("the newest data is there: look for what was written last"),),
        otherwise=_STOP,
    )


def _work(copy: str) -> str:
    """Give the place of a copy, whose name is ours: nothing in it needs a single quote."""
    return f'"$work\\{copy}"'
