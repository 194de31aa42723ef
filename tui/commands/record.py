r"""Read disks, VM configurations, event logs and exports below folders, and store what was seen.

Every VHD, AVHD, VHDX and AVHDX is found by its content, its headers are checked, and nothing is
changed. The same evidence again stores nothing; --confirm stores one dated "still so".
Evidence that was copied earlier is dated by --taken-at, and may come in any order: what it tells
takes its place in time. What changed between readings is inferred, and told as such.
Exports are what `Get-VM` and its like told, as JSON: `snapledger collector` prints a script.
A folder that was read whole can show that a file is gone; a file read on its own tells of itself.
A disk image mounted elsewhere is told by its Windows paths: --map 'D:\VMs=/mnt/case/D/VMs'.
"""

import os
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from eventstore.errors import BadInput
from eventstore.events import SideKind
from eventstore.evidence.file_reader import Skipped
from eventstore.evidence.found_disk import FoundDisk
from eventstore.evidence.host import host_id
from eventstore.evidence.path_map import refuse_mistakes
from eventstore.keyframe_keeping import keep_keyframes
from eventstore.moments import Moment, now
from eventstore.side_files import is_auto_recovery
from projections.as_of import TAKEN_AT, parse_time
from projections.coverage import coverage
from projections.phrases import counted
from projections.side_files import WORDS
from projections.states import Everything
from tui.call import Call, Exit
from tui.named_places import named_places
from tui.recording import Evidence, Recording, record
from tui.render.coverage import coverage_lines
from tui.user import recorder


class SkippedAnswer(Struct, frozen=True):
    path: str
    reason: str
    found_at: str


class RecordAnswer(Struct, frozen=True):
    """What was read, and what it added to the log.

    `side_files` counts by kind what lies beside disks; `auto_recovery` are disks backups made.
    """

    files: int
    observations: int
    events: int
    inferred: int
    skipped: Sequence[SkippedAnswer]
    gaps: Sequence[str]
    side_files: Mapping[SideKind, int]
    auto_recovery: Sequence[str]


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("evidence", metavar="EVIDENCE", nargs="+", help="a folder, or one file")
    parser.add_argument(
        "--map", metavar="W=P", action="append", default=[], help="Windows folder W stands at P"
    )
    parser.add_argument("--host", metavar="NAME", help="whose evidence it is (else this machine's)")
    parser.add_argument(
        "--taken-at", metavar="TIME", help="when it was as it is (else: it is read as of now)"
    )
    parser.add_argument(
        "--confirm", action="store_true", help="store that nothing changed, when nothing did"
    )


def run(call: Call) -> Exit:
    words = call.words
    places = named_places(words.evidence)
    for place in places:
        _must_be_there(place)
    refuse_mistakes(words.map, map(Path, places))
    taken_at = _taken_at(call)
    host = host_id(words.host)
    log = call.session.log_to_write()
    before = log.head()
    done = []
    for place in places:
        evidence = Evidence(
            Path(place), tuple(words.map), host, recorder(), words.confirm, taken_at
        )
        recorded = record(log, evidence, call.out)
        if call.wants_json:
            done.append(recorded)
        else:  # a large reading is not held while states are saved
            _tell(call, recorded)
        del recorded
    keep_keyframes(log, Everything)
    fleet = call.session.knowledge.fleet
    covered = coverage(fleet)
    if call.wants_json:
        call.out.json(_answer(done, covered.gaps))
    else:
        call.out.lines(coverage_lines(covered, fleet, call.out.look, logs_since=before))
    return Exit.FINE


def _taken_at(call: Call) -> Moment | None:
    """Read `--taken-at`; a reading of tomorrow would date all later ones after it."""
    if (text := call.words.taken_at) is None:
        return None
    at = parse_time(TAKEN_AT, text, tz=call.session.zone, clock=now())
    if at > now():
        raise BadInput(f"--taken-at {text} is yet to come: expected when the evidence was taken")
    return at


def _must_be_there(place: str) -> None:
    """Refuse what is not there before a store is made for it."""
    try:
        is_there = place != "" and os.path.lexists(place)
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        raise BadInput(
            f"there is no {place} here: expected a folder, or one file. A Windows disk that is "
            "mounted elsewhere is recorded where it stands, with --map"
        )


def _answer(done: Sequence[Recording], gaps: Sequence[str]) -> RecordAnswer:
    return RecordAnswer(
        files=sum(each.reading.files for each in done),
        observations=sum(_observations(each) for each in done),
        events=sum(each.events for each in done),
        inferred=sum(each.inferred for each in done),
        skipped=[_skipped(place) for each in done for place in each.reading.skipped],
        gaps=gaps,
        side_files=_sides(done),
        auto_recovery=[disk.path for each in done for disk in _of_backups(each)],
    )


def _observations(recorded: Recording) -> int:
    reading = recorded.reading
    files = (reading.disks, reading.configurations, reading.registries, reading.side_files)
    return sum(map(len, files)) + _log_records(recorded) + _vms(recorded)


def _vms(recorded: Recording) -> int:
    return sum(len(found.export.vms) for found in recorded.reading.exports)


def _sides(done: Sequence[Recording]) -> Counter[SideKind]:
    return Counter(side.kind for each in done for side in each.reading.side_files)


def _of_backups(recorded: Recording) -> Iterator[FoundDisk]:
    return (disk for disk in recorded.reading.disks if is_auto_recovery(disk.path))


def _log_records(recorded: Recording) -> int:
    return sum(len(log.reading.records) for log in recorded.reading.logs)


def _skipped(place: Skipped) -> SkippedAnswer:
    return SkippedAnswer(place.path, place.reason, place.found_at)


def _tell(call: Call, recorded: Recording) -> None:
    reading, look = recorded.reading, call.out.look
    stored = f"{counted(recorded.events, 'new event')} stored"
    if recorded.inferred:
        stored += f", {recorded.inferred:,} of them inferred"
    call.out.line(
        f"{look.text(recorded.place)}: {counted(reading.files, 'file')}, "
        f"{counted(len(reading.disks), 'disk')}, "
        f"{counted(len(reading.configurations), 'configuration')}{_others_told(recorded)}; {stored}"
    )
    for place in reading.skipped:
        call.out.line(f"  not read: {look.text(place.found_at)}: {look.text(place.reason)}", "warn")
    damaged = [(disk.found_at, disk.problem) for disk in reading.disks if disk.problem]
    damaged += [(log.found_at, text) for log in reading.logs for text in log.reading.damage]
    for found_at, problem in damaged:
        call.out.line(f"  damaged: {look.text(found_at)}: {look.text(problem)}", "warn")


def _others_told(recorded: Recording) -> str:
    """Name what else was recognised, each with how much of it there was."""
    reading = recorded.reading
    told = [
        (_log_records(recorded), "record", "of event logs"),
        (_vms(recorded), "VM", "of exports"),
        (sum(len(each.vms) for each in reading.registries), "VM", "in lists of hosts"),
        (sum(1 for _ in _of_backups(recorded)), "disk", "of backups (AutoRecovery) among them"),
    ]
    parts = [f"{counted(number, one)} {where}" for number, one, where in told if number]
    parts += [
        f"{number:,} {WORDS[kind]} file{'' if number == 1 else 's'}"
        for kind, number in _sides([recorded]).items()
    ]
    return "".join(f", {part}" for part in parts)
