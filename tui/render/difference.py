"""Differences as lines: `+` came, `-` went, `~` changed; the sign says it all."""

from collections.abc import Iterator, Mapping, Sequence

from eventstore.ids import SnapshotId, VmId
from projections.changes import Change, Difference, NowDifference, Value
from tui.render.labels import Labels
from tui.render.look import Look


def difference_lines(told: Difference, labels: Sequence[Labels], look: Look) -> Iterator[str]:
    """Tell what differs; `labels` name snapshots as the sides know them, the later side last."""
    lines = [
        *_snapshots(told, labels, look),
        *_disks(told, labels, look),
        *_nows(told, labels, look),
    ]
    yield from lines or ["nothing differs"]
    if told.events:
        count = len(told.events)
        yield look.paint(
            f"{count} entr{'y' if count == 1 else 'ies'} between: {_ranges(told.events)}", "dim"
        )


def _snapshots(told: Difference, labels: Sequence[Labels], look: Look) -> Iterator[str]:
    for added in told.snapshots.added:
        yield look.paint(f"+ snapshot  {look.text(added.name)}", "good")
    for removed in told.snapshots.removed:
        yield look.paint(f"- snapshot  {look.text(removed.name)}", "bad")
    for change in told.snapshots.changed:
        name = _holder(change.id, None, labels)
        before = _value(change.field, change.before, labels, look)
        after = _value(change.field, change.after, labels, look)
        yield f"~ snapshot  {name}: {_words(change.field)} {before} {look.glyphs.arrow} {after}"


def _disks(told: Difference, labels: Sequence[Labels], look: Look) -> Iterator[str]:
    for path in told.disks.added:
        yield look.paint(f"+ disk      {look.text(path)}", "good")
    for path in told.disks.removed:
        yield look.paint(f"- disk      {look.text(path)}", "bad")
    for change in told.disks.changed:
        before = _value(change.field, change.before, labels, look)
        after = _value(change.field, change.after, labels, look)
        name = look.file(change.path)
        yield f"~ disk      {name}: {_words(change.field)} {before} {look.glyphs.arrow} {after}"


def _nows(told: Difference, labels: Sequence[Labels], look: Look) -> Iterator[str]:
    if isinstance(told.now, NowDifference):
        yield from _now("", told.now, labels, look)
    else:
        for vm, now in told.now.items():
            yield from _now(f"{labels[-1].vm(vm)}: ", now, labels, look)


def _now(whose: str, now: NowDifference, labels: Sequence[Labels], look: Look) -> Iterator[str]:
    fields: Mapping[str, Change | None] = {
        "name": now.name,
        "removed": now.removed_at,
        "power": now.power,
        "parent": now.parent,
        **now.head_disks,
    }
    for field, change in fields.items():
        if change is not None:
            before = _value(field, change.before, labels, look)
            after = _value(field, change.after, labels, look)
            yield f"~ now       {whose}{_words(field)} {before} {look.glyphs.arrow} {after}"


def _value(field: str, value: Value, labels: Sequence[Labels], look: Look) -> str:
    match value:
        case None | () | "":
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case str() if field == "parent" and "\\" not in value and "/" not in value:
            return _holder(value, None, labels)
        case str():
            return look.file(value) if field == "parent" or ":" in field else look.text(value)
        case tuple():
            return ", ".join(_holder(each, None, labels) for each in value)
        case _:
            return ", ".join(f"{slot} {look.file(path)}" for slot, path in value.items())


def _holder(reference: str, vm: VmId | None, labels: Sequence[Labels]) -> str:
    """Name a snapshot as the later side knows it, else as the earlier one did."""
    named = [each.holder(reference, vm) for each in reversed(labels)]
    return next((name for name in named if name != SnapshotId(reference)), named[0])


def _words(field: str) -> str:
    return field.replace("_", " ")


def _ranges(positions: Sequence[int]) -> str:
    """Give `#3-#7, #9`."""
    spans: list[list[int]] = []
    for position in positions:
        if spans and position == spans[-1][1] + 1:
            spans[-1][1] = position
        else:
            spans.append([position, position])
    return ", ".join(f"#{a}" if a == b else f"#{a}-#{b}" for a, b in spans)
