"""Whether everything that refers to a VM's disks is known: without that no file is an orphan."""

from collections.abc import Iterator

from msgspec import Struct

from eventstore.fleet import Fleet
from eventstore.ids import VmId
from eventstore.machine import ConfigurationLost, ConfigurationRead, Machine, When
from eventstore.paths import folder_of, joined, path_key
from eventstore.readings import at_odds, heads_named, host_of, owner_of, seen_of, standing
from projections.hosts import doubt_of_home
from projections.phrases import listed as in_a_row
from projections.walks import Walk, last_walk


def complete_vms(fleet: Fleet, walks: tuple[Walk, ...]) -> frozenset[VmId]:
    """Give the VMs whose every reference is known: by history alone where hosts are mixed up."""
    is_doubtful = bool(doubt_of_home(fleet))
    return frozenset(
        machine.id
        for machine in fleet.machines.values()
        if not missing_references(machine, walks) and not any(odds_of(machine))
        if has_own_history(machine) or not is_doubtful
    )


class Odds(Struct, frozen=True):
    """Configurations of one owner that name different disks: the first counts, nobody is sure."""

    owner: str
    readings: tuple[ConfigurationRead, ...]

    @property
    def whens(self) -> tuple[When, ...]:
        return tuple(each.when for each in self.readings)

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(_place(each, self.readings) for each in self.readings)


def odds_of(machine: Machine) -> Iterator[Odds]:
    """Give the VM, and its snapshots, whose configurations contradict each other."""
    for owner in ("now", *machine.snapshots):
        if readings := at_odds(machine, owner):
            yield Odds(owner, readings)


def odds_told(machine: Machine, odds: Odds) -> str:
    """Say which configurations contradict each other, and in what."""
    named = [
        f"{_place(each, odds.readings)} names "
        + (", ".join(map(machine.path, sorted(heads_named(seen_of(each)).values()))) or "no disk")
        for each in odds.readings
    ]
    many = "two" if len(named) == 2 else str(len(named))  # noqa: PLR2004 - a word for a number
    return f"{many} configurations of {owner_told(machine, odds.owner)} differ: {in_a_row(named)}"


def _place(reading: ConfigurationRead, among: tuple[ConfigurationRead, ...]) -> str:
    """Give the path of a configuration; of several of one path, the place where it was found."""
    seen = seen_of(reading)
    same = [each for each in among if path_key(seen_of(each).path) == path_key(seen.path)]
    return seen.path if len(same) == 1 else f"{seen.path} (found at {seen.found_at})"


def unfound_of(machine: Machine) -> Iterator[tuple[str, ConfigurationLost]]:
    """Give the configurations that are gone although their VM or snapshot is not."""
    for owner, lost in machine.unfound.items():
        if machine.is_present and (owner == "now" or owner in machine.snapshots):
            yield owner, lost


def owner_told(machine: Machine, owner: str) -> str:
    """Name whose configuration it is."""
    name = machine.name or machine.id
    snapshots = {str(each.id): each.name for each in machine.snapshots.values()}
    return name if owner == "now" else f'snapshot "{snapshots[owner]}" of {name}'


def has_own_history(machine: Machine) -> bool:
    """Tell whether the VM's own events are known from its registration on."""
    return machine.is_known and not machine.is_observed and bool(machine.root)


def missing_references(machine: Machine, walks: tuple[Walk, ...]) -> str:
    """Say which references of a VM may be unknown; nothing when all are known.

    Where configuration does not tell how many snapshots there are, only a walk of the folder that
    holds their files can say that none was missed.
    """
    if has_own_history(machine):
        return ""
    name = machine.name or machine.id
    if machine.configured is None:
        return f"the configuration of {name} was never read"
    if _has_answered_in_part(machine):
        return f"the host did not tell all snapshots of {name}"
    for snapshot in machine.snapshots.values():
        if not snapshot.are_disks_known:
            return f"nothing tells the disks of snapshot {snapshot.name} of {name}"
    told = (_miscounted(each, name, walks) for each in _counted(machine))
    return next(filter(None, told), "")


class _Counted(Struct, frozen=True):
    """How many snapshots one host lists, how many of them are known, and where their files are."""

    listed: int | None
    read: int
    root: str


def _counted(machine: Machine) -> Iterator[_Counted]:
    """Count the snapshots of a VM, of one that several hosts have on each of them."""
    readings = [seen_of(each) for each in machine.readings]
    own = [seen for each in standing(machine, "now") if (seen := each.of_vm)]
    hosts = dict.fromkeys(map(host_of, own))
    if len(hosts) < 2:  # noqa: PLR2004 - one host, or none whose configuration was read
        yield _Counted(machine.snapshots_listed, len(machine.snapshots), machine.root)
        return
    for host in hosts:
        seen = next(each for each in own if host_of(each) == host)
        known = {owner_of(each) for each in readings if host_of(each) == host} - {"now"}
        yield _Counted(seen.snapshots_listed, len(known), folder_of(folder_of(seen.path)))


def _miscounted(counted: _Counted, name: str, walks: tuple[Walk, ...]) -> str:
    listed, read = counted.listed, counted.read
    if listed is not None and read < listed:
        return f"{read} of the {listed} snapshot configurations of {name} were read"
    if listed is not None and read > listed:
        return (
            f"the configuration of {name} lists {listed} snapshots, and {read} were read: it may "
            "be out of date"
        )
    if listed is None and not last_walk(walks, joined(counted.root, "Snapshots")):
        return f"nothing tells how many snapshots {name} has, and their folder was not read"
    return ""


def _has_answered_in_part(machine: Machine) -> bool:
    """Tell whether a host did not tell all snapshots, and no configuration of it was read."""
    read = {host_of(seen) for each in machine.readings if (seen := each.of_vm)}
    return machine.snapshots_untold or any(
        host not in read for host, is_all in machine.has_told_all.items() if not is_all
    )
