"""Evidence that is no disk, held up to the light: what `record` would make of it."""

from collections import Counter
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from eventstore.events import SideFileSeen, SnapshotConfigurationSeen, VmConfigurationSeen
from eventstore.evidence.folder import FolderReading
from eventstore.evidence.found_configuration import FoundConfiguration
from eventstore.evidence.found_log import FoundLog
from eventstore.evidence.log_meanings import meaning_of
from eventstore.evidence.log_records import Span
from eventstore.evidence.powershell import Export
from eventstore.evidence.vmcx_registry import FoundRegistry
from eventstore.ids import VmId

WitnessFormat = Literal[
    "vm configuration", "snapshot configuration", "list of VMs", "event log", "export", "side file"
]


class RecordKind(Struct, frozen=True):
    """How many records of one id a log has; `meaning` is None where nobody can explain it."""

    provider: str
    channel: str
    event_id: int
    records: int
    meaning: str | None


class LogFacts(Struct, frozen=True):
    """What a file of records covers; `vms` are named in it, `others` are not of Hyper-V."""

    spans: tuple[Span, ...]
    vms: tuple[str, ...]
    kinds: tuple[RecordKind, ...]
    others: int
    damage: tuple[str, ...]


class ListedVms(Struct, frozen=True):
    """A host's own list of its VMs: GUID and configuration."""

    vms: tuple[tuple[VmId, str], ...]


class ConfigurationFacts(Struct, frozen=True):
    """Whose configuration it is, and what it says."""

    vm: VmId
    says: VmConfigurationSeen | SnapshotConfigurationSeen


Facts = ConfigurationFacts | ListedVms | LogFacts | Export | SideFileSeen


class Witness(Struct, frozen=True):
    """One file of evidence; `unsure` says what keeps it from being believed whole."""

    path: str
    format: WitnessFormat
    facts: Facts
    unsure: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        return not self.unsure


def witnesses(reading: FolderReading) -> Iterator[Witness]:
    """Give what a walk found beside disks."""
    doubts: dict[str, tuple[str, ...]] = {}
    for place in reading.skipped:
        doubts[place.found_at] = (*doubts.get(place.found_at, ()), place.reason)
    for configuration in reading.configurations:
        yield _of_configuration(configuration, doubts.get(configuration.found_at, ()))
    for registry in reading.registries:
        yield _of_registry(registry, doubts.get(registry.found_at, ()))
    for log in reading.logs:
        yield Witness(log.found_at, "event log", _of_log(log), log.reading.damage)
    for found in reading.exports:
        # What an export leaves out is no fault of the file: it is told among its facts.
        yield Witness(found.found_at, "export", found.export)
    for side in reading.side_files:
        yield Witness(side.found_at, "side file", side.event())


def _of_configuration(found: FoundConfiguration, doubts: tuple[str, ...]) -> Witness:
    kind: WitnessFormat = "snapshot configuration" if found.snapshot else "vm configuration"
    return Witness(found.found_at, kind, ConfigurationFacts(found.vm, found.event()), doubts)


def _of_registry(found: FoundRegistry, doubts: tuple[str, ...]) -> Witness:
    return Witness(found.found_at, "list of VMs", ListedVms(found.vms), doubts)


def _of_log(found: FoundLog) -> LogFacts:
    records = found.reading.records
    kinds = Counter((each.provider, each.channel, each.event_id) for each in records)
    return LogFacts(
        spans=found.reading.spans,
        vms=tuple(dict.fromkeys(name for each in records if (name := each.vm_name or each.vm))),
        kinds=tuple(
            RecordKind(*key, count, meaning.words if (meaning := meaning_of(*key)) else None)
            for key, count in sorted(kinds.items())
        ),
        others=found.reading.passed_over,
        damage=found.reading.damage,
    )
