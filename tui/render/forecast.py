"""Forecasts as lines: what it comes to, then step by step, and nothing told as if it were done."""

from collections.abc import Iterator

from msgspec.structs import replace

from projections.forecast import Forecast
from projections.merge_space import VolumeNeed
from projections.merges import FutureMerge
from projections.phrases import counted
from tui.render.chain import chain_lines
from tui.render.difference import difference_lines
from tui.render.fields import sentence
from tui.render.labels import Labels
from tui.render.look import Look
from tui.render.sizes import size_text
from tui.render.tree import tree_lines

_INDENT = "  "
_STARTS = {
    "now": "runs at once",
    "next_stop": "waits for the next stop",
    "never": "never runs",
}


def forecast_lines(told: Forecast, labels: Labels, look: Look, *, loses_now: bool) -> Iterator[str]:
    """Tell what would happen and what it would need; `loses_now` when Now's data would go."""
    yield from outcome_lines(told, labels, look, loses_now=loses_now)
    yield ""
    yield look.paint("so that it will be:", "strong")
    for line in after_lines(told, labels, _inner(look)):
        yield f"{_INDENT}{line}".rstrip()


def outcome_lines(told: Forecast, labels: Labels, look: Look, *, loses_now: bool) -> Iterator[str]:
    """Tell what it comes to, what runs, what goes, what is not certain and what differs."""
    yield from _summary(told, look, loses_now=loses_now)
    yield ""
    yield look.paint("if you do this, the log will say:", "strong")
    for step in told.steps:
        yield from sentence(_INDENT, look.told(step), look)
    for merge in told.merges:
        yield from _merge(merge, look)
    for path in told.deleted_files:
        yield from sentence(f"{_INDENT}- file  ", look.text(path), look, "bad")
    for path in told.deleted_folders:
        yield from sentence(f"{_INDENT}- folder  ", look.text(path), look, "bad")
    for volume in told.volumes:
        yield from _volume(volume, look)
    for doubt in told.doubts:
        yield from sentence(f"{_INDENT}not certain: ", look.told(doubt), look, "warn")
    yield ""
    yield look.paint("and this will differ:", "strong")
    for line in difference_lines(told, (labels,), _inner(look)):
        yield f"{_INDENT}{line}"


def after_lines(told: Forecast, labels: Labels, look: Look) -> Iterator[str]:
    """Draw the snapshot tree and the disk chain as they would be."""
    yield from tree_lines(told.tree, look)
    yield ""
    yield from chain_lines(told.chain, labels, look, vm=told.vm.id if told.vm else None)


def _inner(look: Look) -> Look:
    return replace(look, width=look.width - len(_INDENT)) if look.width else look


def _summary(told: Forecast, look: Look, *, loses_now: bool) -> Iterator[str]:
    yield look.paint("nothing was done; this is what it would come to:", "strong")
    if loses_now:
        yield look.paint("  the current state of the VM would be lost", "bad")
    yield f"  {counted(len(told.deleted_files), 'file')} would go"
    starts = [merge.starts for merge in told.merges]
    merges = (
        f"{starts.count('now')} of {len(starts)} merge{'' if len(starts) == 1 else 's'} would "
        f"start at once, {starts.count('next_stop')} at the next stop, "
        f"{starts.count('never')} never"
        if starts
        else "no merge follows"
    )
    yield from sentence(_INDENT, merges, look)


def _merge(merge: FutureMerge, look: Look) -> Iterator[str]:
    waits = f" ({look.told(merge.because)})" if merge.because else ""
    text = (
        f"{look.file(merge.child)} {look.glyphs.arrow} {look.file(merge.into)}"
        f"{merge_size(merge)}: {_STARTS[merge.starts]}{waits}"
    )
    yield from sentence(f"{_INDENT}~ merge ", text, look, "warn")
    if merge.not_counted and merge.bytes is not None:
        text = f"by size, not by blocks: {look.told(merge.not_counted)}"
        yield from sentence(f"{_INDENT}        ", text, look, "dim")


def merge_size(merge: FutureMerge) -> str:
    """Say how much a merge writes, how much its target may grow, and how long it takes."""
    told = ""
    if merge.bytes is not None:
        how = "" if merge.bytes_from == "blocks" else "at most "
        told = f", {how}{size_text(merge.bytes)}"
    if merge.free_space_needed is not None and merge.bytes_from == "blocks":
        told += f", {size_text(merge.free_space_needed)} of free space"
    return told + (f", about {duration_text(merge.seconds)}" if merge.seconds else "")


def duration_text(seconds: int) -> str:
    """Give `40 s`, `5 min`, `2 h 10 min`: nobody knows it more exactly."""
    minutes = round(seconds / 60)
    if seconds < 120:  # noqa: PLR2004 - two minutes
        return f"{seconds} s"
    hours, rest = divmod(minutes, 60)
    return f"{minutes} min" if not hours else f"{hours} h {rest} min" if rest else f"{hours} h"


def _volume(volume: VolumeNeed, look: Look) -> Iterator[str]:
    head = f"{_INDENT}space on {look.text(volume.volume)} "
    is_short = volume.is_enough is False
    yield from sentence(head, volume_text(volume), look, "bad" if is_short else "plain")


def volume_text(volume: VolumeNeed) -> str:
    """Say what merges need on a volume, and what is free there."""
    free = (
        "how much is free is not known"
        if volume.free_bytes is None
        else f"{size_text(max(volume.free_bytes, 0))} free"
    )
    match volume.needed_bytes:
        case None:
            needed = "how much a merge needs is not known, nobody read the disks"
        case 0:
            needed = "none needed"
        case most:
            needed = f"up to {size_text(most)} needed"
    return f"{needed}; {free}"
