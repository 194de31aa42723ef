"""Events, VMs and details as lines of a pane, each drawn when it comes into sight."""

from collections.abc import Iterator, Sequence

import msgspec

from eventstore.entry import Recorded
from projections.timeline import Row
from projections.vms import VmRow
from tui.render.fields import field
from tui.render.look import Look
from tui.render.style import Tone
from tui.render.tables import GAP
from tui.render.text import cells, clip_end, pad, wrapped

_FUTURE = "(future)"
_ROOMY = 50
"""In so many cells there is room for the word that an event is still to come."""
_WIDE = 90
"""In so many cells times have their year, seconds and offset."""
_NAME_CELLS_MAX = 32
_TONES: dict[str, Tone] = {
    "SnapshotTaken": "good",
    "SnapshotApplied": "mark",
    "SnapshotDeleted": "warn",
    "SubtreeDeleted": "warn",
    "DiskLost": "bad",
    "DiskGone": "bad",
    "MergeFailed": "bad",
    "MergeInterrupted": "warn",
}
HOW_TO_RECORD = (
    ("snapledger record FOLDER…", "reads what a host's files tell: disks, configurations, logs"),
    ("snapledger collector > collect.ps1", "a script for the host; `record` reads its answer"),
    ("snapledger play FILE", "plays a scenario, as the guide has them"),
)
"""How a store comes to hold something: what to type, and what that does."""


def event_line(row: Row, kind: str, look: Look, width: int, *, is_future: bool) -> str:
    """Tell an event in one line: position, time, sentence; what is to come says so."""
    is_roomy = width >= _ROOMY
    at = look.moment(row.occurred_at)
    at = at if width >= _WIDE else at[5:16]
    end = f"{GAP}{_FUTURE}" if is_future and is_roomy else ""
    odd = " (late)" if row.is_late else ""
    odd += " (contradicts)" if row.contradicts else ""
    head = f"{f'#{row.position}':>6} {at}{GAP}"
    room = max(width - cells(head) - cells(odd) - cells(end), 0)
    text = clip_end(look.brief_id(look.told(row.text)), room, look.glyphs.more)
    tone = _TONES.get(kind, "plain")
    return (
        look.paint(head, "dim")
        + look.paint(text, tone)
        + look.paint(odd, "warn")
        + " " * (room - cells(text))
        + look.paint(end, "dim")
    )


def vm_line(row: VmRow, look: Look, width: int) -> str:
    """Tell a VM in one line: name, power, how many snapshots and disks."""
    state = "removed" if row.removed_at else row.power or "unknown"
    plural = "" if row.snapshots == 1 else "s"
    told = f"{state:<8} {row.snapshots:>3} snapshot{plural:<1} {row.disks:>3} disks"
    room = max(min(width - cells(told) - len(GAP), _NAME_CELLS_MAX), 8)
    name = pad(clip_end(look.text(row.name), room, look.glyphs.more), room)
    return look.paint(name, "dim" if row.removed_at else "strong") + GAP + told


def details_lines(
    row: Row, recorded: Recorded, changes: Sequence[str], look: Look
) -> Iterator[str]:
    """Tell all of one event: what changed by it, who told, and the entry as it is stored."""
    for line in wrapped(look.told(row.text), look.width):
        yield look.paint(line, "strong")
    yield ""
    yield from changes
    if changes:
        yield ""
    entry, source = recorded.entry, recorded.entry.source
    told = {
        "happened": look.moment(row.occurred_at),
        "recorded": look.moment(row.recorded_at) + (", late" if row.is_late else ""),
        "event": f"{entry.type}, entry #{recorded.position}, revision {entry.revision}",
        "stream": entry.stream,
        "by": entry.actor or "",
    }
    if source is not None:
        told["source"] = " ".join(filter(None, (source.kind, source.name, source.place)))
        told["certainty"] = source.certainty
        told["sha256"] = source.sha256
        told["host"] = source.host
        told["recorder"] = source.recorder
    for name, text in told.items():
        if text:
            yield from field(name, look.text(text), look).splitlines()
    yield ""
    data = msgspec.json.format(bytes(entry.data), indent=2).decode()
    for line in data.splitlines():
        for part in wrapped(look.text(line), look.width):
            yield look.paint(part, "dim")


def nothing_yet(look: Look) -> Iterator[str]:
    """Say what to do with a store in which nothing is recorded."""
    yield look.paint("nothing is recorded yet", "strong")
    yield ""
    for words, told in HOW_TO_RECORD:
        yield look.paint(f"  {words}", "mark")
        yield from wrapped(f"    {told}", look.width)
    yield from wrapped("What others record comes here by itself.", look.width)
