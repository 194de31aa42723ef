"""What was not looked at, and the command that looks there."""

import re
from collections.abc import Iterator

from eventstore.fleet import Fleet
from eventstore.paths import PathKey, path_key
from projections.coverage import Coverage
from projections.log_coverage import LogCoverage
from projections.narrate_logs import channel_told
from projections.phrases import counted
from projections.side_files import LOSSES, WORDS
from projections.walks import lies_below
from tui.render.fields import sentence
from tui.render.look import Look

_PLAIN = re.compile(r"[\w:./\\-]+")
"""A path that every shell takes as one word."""

_MISSED_TOLD_MAX = 5
"""Of the files of one kind that are gone, so many are named."""


def coverage_lines(covered: Coverage, fleet: Fleet, look: Look) -> Iterator[str]:
    """Tell every gap; nobody should take silence for certainty."""
    for gap in covered.gaps:
        yield from sentence("not looked at: ", look.text(gap), look, "dim")
    if folders := _unread(covered, fleet):
        words = " ".join(_quoted(folder) for folder in folders)
        yield from sentence("to look there: ", look.text(f"snapledger record {words}"), look)
    for log in covered.logs:
        yield from sentence("log read: ", look.text(_log_told(log, look)), look, "dim")
    if told := "; ".join(f"{WORDS[each.kind]} {each.files:,}" for each in covered.side_files):
        yield from sentence("beside disks: ", told, look, "dim")
    for each in covered.side_files:
        for path in each.missed[:_MISSED_TOLD_MAX]:
            gone = f"{path} ({WORDS[each.kind]}); {LOSSES[each.kind]}"
            yield from sentence("gone: ", look.text(gone), look, "warn")
        if (more := len(each.missed) - _MISSED_TOLD_MAX) > 0:
            yield from sentence("gone: ", f"and {more:,} more ({WORDS[each.kind]})", look, "warn")


def _log_told(log: LogCoverage, look: Look) -> str:
    told = (
        f"{channel_told(log.channel)} of {log.computer}, records {log.first_record} to "
        f"{log.last_record}, {look.moment(log.first_at)} to {look.moment(log.last_at)}"
    )
    unknown = f"; {counted(log.unknown, 'record')} not understood" if log.unknown else ""
    missing = f"; not read: {'; '.join(log.gaps)}" if log.gaps else ""
    return told + unknown + missing


def _unread(covered: Coverage, fleet: Fleet) -> list[str]:
    """Give the folders of disks and configurations that nobody read, none below another."""
    folders: dict[PathKey, str] = {}
    for each in covered.vms:
        root = fleet.machines[each.vm.id].root
        unread = [*each.folders_unread, *([] if each.is_configuration_read or not root else [root])]
        folders.update((path_key(folder), folder) for folder in unread)
    return [
        folder
        for key, folder in folders.items()
        if not any(other != key and lies_below(folder, other) for other in folders)
    ]


def _quoted(path: str) -> str:
    return path if _PLAIN.fullmatch(path) else f'"{path}"'
