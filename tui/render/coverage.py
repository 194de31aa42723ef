"""What was not looked at, and the command that looks there."""

import re
from collections.abc import Iterator, Sequence

from eventstore.fleet import Fleet
from eventstore.paths import PathKey, folder_of, path_key, server_label
from projections.coverage import Coverage
from projections.hosts import HostCoverage
from projections.log_coverage import LogCoverage
from projections.narrate_logs import channel_told
from projections.phrases import counted
from projections.side_files import LOSSES, WORDS
from projections.walks import lies_below
from tui.render.fields import sentence
from tui.render.look import Look

_PLAIN = re.compile(r"[\w:./-]+")
"""A path that every shell takes as one word and as it is; some take a backslash away."""

_MISSED_TOLD_MAX = 5
"""Of the files of one kind that are gone, so many are named."""


def coverage_lines(
    covered: Coverage, fleet: Fleet, look: Look, *, logs_since: int | None = None
) -> Iterator[str]:
    """Tell every gap; nobody should take silence for certainty.

    Of event logs those are told one by one that were read after position `logs_since`.
    """
    for gap in covered.gaps:
        yield from sentence("not looked at: ", look.told(gap), look, "dim")
    if folders := _unread(covered, fleet):
        words = " ".join(_quoted(folder) for folder in folders)
        yield from sentence("to look there: ", look.text(f"snapledger record {words}"), look)
    for host in covered.hosts if len(covered.hosts) > 1 else ():
        yield from sentence("host: ", look.text(_host_told(host, look)), look, "dim")
    for vm in covered.vms:
        if len(vm.hosts) > 1:
            several = f"{vm.vm.name}: {', '.join(vm.hosts)}; nothing tells which of them runs it"
            yield from sentence("on several hosts: ", look.text(several), look, "warn")
    news = [log for log in covered.logs if logs_since is not None and log.position > logs_since]
    for log in news:
        yield from sentence("log read: ", look.text(_log_told(log, look)), look, "dim")
    if covered.logs and not news:
        yield from sentence("event logs: ", look.text(_logs_told(covered.logs, look)), look, "dim")
    if told := "; ".join(f"{WORDS[each.kind]} {each.files:,}" for each in covered.side_files):
        yield from sentence("beside disks: ", told, look, "dim")
    for each in covered.side_files:
        for path in each.missed[:_MISSED_TOLD_MAX]:
            gone = f"{path} ({WORDS[each.kind]}); {LOSSES[each.kind]}"
            yield from sentence("gone: ", look.text(gone), look, "warn")
        if (more := len(each.missed) - _MISSED_TOLD_MAX) > 0:
            yield from sentence("gone: ", f"and {more:,} more ({WORDS[each.kind]})", look, "warn")


def _host_told(host: HostCoverage, look: Look) -> str:
    home = ", whose local paths are plain" if host.is_home else ""
    walked = counted(host.folders, "folder") if host.folders else "no folder"
    if host.first_read_at and host.last_read_at:
        walked += f", {look.moment(host.first_read_at)} to {look.moment(host.last_read_at)}"
    listed = "its own list of VMs was read" if host.vms_listed else "no list of its VMs was read"
    return f"{host.name}{home}: {walked}; {listed}"


def _logs_told(logs: Sequence[LogCoverage], look: Look) -> str:
    """Tell of all logs together; each is told when it is recorded, and in --json."""
    computers = {server_label(log.computer) for log in logs}
    first, last = min(log.first_at for log in logs), max(log.last_at for log in logs)
    in_part = sum(1 for log in logs if log.gaps)
    return (
        f"{counted(len(logs), 'log')} of {counted(len(computers), 'host')}, "
        f"{look.moment(first)} to {look.moment(last)}"
        + (f"; {in_part} of them in part" if in_part else "")
    )


def _log_told(log: LogCoverage, look: Look) -> str:
    which = f"records {log.first_record} to {log.last_record}"
    when = f"{look.moment(log.first_at)} to {look.moment(log.last_at)}"
    if log.first_record == log.last_record:
        which, when = f"record {log.first_record}", look.moment(log.first_at)
    told = f"{channel_told(log.channel)} of {log.computer}, {which}, {when}"
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
    for registry in fleet.registries.values():
        for vm, path in registry.vms:
            machine = fleet.machines.get(vm)
            if machine is None or not machine.is_present:
                home = folder_of(folder_of(path))
                folders.setdefault(path_key(home), home)
    return [
        folder
        for key, folder in folders.items()
        if not any(other != key and lies_below(folder, other) for other in folders)
    ]


def _quoted(path: str) -> str:
    """Quote a path for any shell; behind a last backslash the quote would not end."""
    if _PLAIN.fullmatch(path):
        return path
    return f'"{path}."' if path.endswith("\\") else f'"{path}"'
