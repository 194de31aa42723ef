"""What is too old or too large: snapshots, waiting merges, AVHDs, and the last look at the host."""

from collections.abc import Iterator

from eventstore import hosts
from eventstore.machine import Machine, Snapshot
from eventstore.moments import Moment
from projections.disk_node import DiskNode
from projections.origins import made_told
from projections.roles import role_of
from projections.severity import SEVERITIES
from projections.watched import Problem, Watched


def overdue(watched: Watched) -> Iterator[Problem]:
    """Give what goes beyond the limits; without a limit nothing does."""
    if watched.limits.max_age_seconds is not None:
        yield from _old_snapshots(watched, watched.limits.max_age_seconds)
        yield from _old_merges(watched, watched.limits.max_age_seconds)
    if watched.limits.max_size_bytes is not None:
        yield from _large(watched, watched.limits.max_size_bytes)
    if watched.limits.max_unrecorded_seconds is not None:
        yield from _unrecorded(watched, watched.limits.max_unrecorded_seconds)


def recorded_at(watched: Watched) -> Moment | None:
    """Give when anybody last looked at a host: walked a folder, read a configuration, asked it."""
    whens = [
        *(folder.when.at for folder in watched.fleet.folders.values()),
        *(asked.when.at for asked in watched.fleet.attached.values()),
        *(read.at for read in watched.ownership.configurations.values()),
    ]
    return max(whens, default=None)


def _old_snapshots(watched: Watched, limit: int) -> Iterator[Problem]:
    for machine in watched.machines:
        for snapshot in machine.snapshots.values():
            age = watched.age(snapshot.taken.at)
            if age > limit:
                yield _old_snapshot(watched, machine, snapshot, age)


def _old_snapshot(watched: Watched, machine: Machine, snapshot: Snapshot, age: int) -> Problem:
    name = machine.name or machine.id
    memory = ", with memory" if snapshot.has_saved_state else ""
    text = f'snapshot "{snapshot.name}" of {name} was taken at {snapshot.taken.at}{memory}'
    step = (
        "Delete it in Hyper-V Manager when nobody needs it any more, and let its disk be merged: "
        "the longer it waits, the more there is to merge."
    )
    if snapshot.kind == "recovery":
        step = (
            f"If no backup of {name} runs, remove it with Get-VMSnapshot -SnapshotType Recovery "
            "and Remove-VMSnapshot: Manager shows no Delete for it."
        )
    elif made_told(snapshot):
        step = f"It {made_told(snapshot)}: find out why it did not."
    return Problem(
        severity=SEVERITIES["old_snapshot"],
        kind="old_snapshot",
        vm=watched.ref(machine.id),
        path=None,
        snapshot=snapshot.id,
        text=text,
        next_step=step,
        age_seconds=age,
    )


def _old_merges(watched: Watched, limit: int) -> Iterator[Problem]:
    for node in watched.graph.nodes.values():
        past = watched.ownership.past.get(node.key)
        if past is None or past.loss is None or role_of(watched.graph, node) != "pending":
            continue
        age = watched.age(past.loss.when.at)
        if age > limit and (owner := _owner(watched, node)):
            yield Problem(
                severity=SEVERITIES["old_pending_merge"],
                kind="old_pending_merge",
                vm=watched.ref(owner.id),
                path=node.path,
                snapshot=None,
                text=f"{node.path} waits for its merge since {past.loss.when.at}",
                next_step="`snapledger explain` says of this file why it has not been merged yet.",
                age_seconds=age,
            )


def _large(watched: Watched, limit: int) -> Iterator[Problem]:
    large = {node.key for node in watched.avhds if (watched.size(node) or 0) > limit}
    for node in watched.avhds:
        if node.key in large:
            yield _too_large(watched, node)
    for machine in watched.machines:
        for key in dict.fromkeys(machine.now.heads.values()):
            head = watched.graph.nodes.get(key)
            chain = [head, *watched.graph.ancestors(key)] if head else []
            avhds = [node for node in chain if node.is_automatic and node.exists]
            size = sum(watched.size(node) or 0 for node in avhds)
            # Of a chain with a file that is too large by itself, that file is told already.
            if head and size > limit and large.isdisjoint(node.key for node in avhds):
                yield _chain_too_large(watched, machine, head, len(avhds), size)


def _too_large(watched: Watched, node: DiskNode) -> Problem:
    owner = _owner(watched, node)
    return Problem(
        severity=SEVERITIES["large_avhd"],
        kind="large_avhd",
        vm=watched.ref(owner.id) if owner else None,
        path=node.path,
        snapshot=None,
        text=f"{node.path} is larger than an AVHD should become",
        next_step=(
            "Delete the snapshots that keep it apart from its parent when nobody needs them; "
            "`snapledger forecast` says what a merge writes and what room it needs."
        ),
        size_bytes=watched.size(node),
    )


def _chain_too_large(
    watched: Watched, machine: Machine, head: DiskNode, files: int, size: int
) -> Problem:
    name = machine.name or machine.id
    return Problem(
        severity=SEVERITIES["large_chain"],
        kind="large_chain",
        vm=watched.ref(machine.id),
        path=head.path,
        snapshot=None,
        text=f"{name} writes to {head.path}, and the {files} AVHDs of its chain are too large",
        next_step=(
            "Delete snapshots that nobody needs, one at a time, and let each merge end; "
            "`snapledger forecast` says what a merge writes and what room it needs."
        ),
        size_bytes=size,
    )


def _unrecorded(watched: Watched, limit: int) -> Iterator[Problem]:
    """What nobody looked at lately may have changed: all that is said here is of that time.

    A store without evidence holds what was played; only an empty one knows nothing.
    """
    last = recorded_at(watched)
    if not watched.graph.nodes and not watched.fleet.machines:
        text = (
            "nothing was recorded yet" if last is None else "what was recorded holds no VM or disk"
        )
        yield _not_recorded(text, None)
    elif last is not None and (age := watched.age(last)) > limit:
        text = f"no host was recorded since {last}: all that is said here is of that time"
        yield _not_recorded(text, age)
    else:
        for host, when in _walked_last(watched).items():
            if (age := watched.age(when)) > limit:
                who = host.upper() or "the host that was recorded first"
                text = f"{who} was not recorded since {when}: what is said of it is of that time"
                yield _not_recorded(text, age)


def _walked_last(watched: Watched) -> dict[str, Moment]:
    """Give when a folder of each host was walked last; the home has no name."""
    found: dict[str, Moment] = {}
    for folder in watched.fleet.folders.values():
        host = hosts.of(folder.read.root_path)
        found[host] = max(found.get(host, folder.when.at), folder.when.at)
    return found


def _not_recorded(text: str, age: int | None) -> Problem:
    return Problem(
        severity=SEVERITIES["not_recorded_lately"],
        kind="not_recorded_lately",
        vm=None,
        path=None,
        snapshot=None,
        text=text,
        next_step="Run `snapledger record` on the folders of the host's disks, every day.",
        age_seconds=age,
    )


def _owner(watched: Watched, node: DiskNode) -> Machine | None:
    return next((each for each in watched.machines if each.id in node.owners), None)
