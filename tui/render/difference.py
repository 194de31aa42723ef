"""Differences as lines: `+` came, `-` went, `~` changed; the sign says it all."""

from collections.abc import Iterator, Mapping, Sequence

from eventstore.ids import SnapshotId, VmId
from eventstore.moments import Moment
from projections.changes import (
    Change,
    Difference,
    DiskChange,
    NowDifference,
    SnapshotChange,
    Value,
)
from tui.render.chain import ROLES
from tui.render.fields import sentence
from tui.render.labels import Labels
from tui.render.look import Look

ROLE_WORDS: Mapping[str, str] = {role: word for role, (word, _) in ROLES.items()}


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
        head = f"{count} entr{'y' if count == 1 else 'ies'} between: "
        yield from sentence(head, _ranges(told.events), look, "dim")


def _snapshots(told: Difference, labels: Sequence[Labels], look: Look) -> Iterator[str]:
    for added in told.snapshots.added:
        yield from sentence("+ snapshot  ", look.text(added.name), look, "good")
    for removed in told.snapshots.removed:
        yield from sentence("- snapshot  ", look.text(removed.name), look, "bad")
    for change in told.snapshots.changed:
        name = _holder(change.id, None, labels)
        yield from _changed("snapshot", f"{name}: ", change.field, change, labels, look)


def _disks(told: Difference, labels: Sequence[Labels], look: Look) -> Iterator[str]:
    for path in told.disks.added:
        yield from sentence("+ disk      ", look.text(path), look, "good")
    for path in told.disks.removed:
        yield from sentence("- disk      ", look.text(path), look, "bad")
    for change in told.disks.changed:
        name = look.file(change.path)
        yield from _changed("disk", f"{name}: ", change.field, change, labels, look)


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
            yield from _changed("now", whose, field, change, labels, look)


def _changed(
    what: str,
    whose: str,
    field: str,
    change: Change | SnapshotChange | DiskChange,
    labels: Sequence[Labels],
    look: Look,
) -> Iterator[str]:
    before, after = (_value(field, each, labels, look) for each in (change.before, change.after))
    if before == after:  # two moments of one second, or two files of one name
        before, after = look.text(str(change.before)), look.text(str(change.after))
    text = f"{whose}{field.replace('_', ' ')} {before} {look.glyphs.arrow} {after}"
    yield from sentence(f"~ {what:<10}", text, look)


def _value(field: str, value: Value, labels: Sequence[Labels], look: Look) -> str:
    match value:
        case str() if field == "role":
            return ROLE_WORDS[value]
        case str() if field in {"taken_at", "removed", "removed_at"}:
            return look.moment(Moment(value))
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


def _ranges(positions: Sequence[int]) -> str:
    """Give `#3-#7, #9`."""
    spans: list[list[int]] = []
    for position in positions:
        if spans and position == spans[-1][1] + 1:
            spans[-1][1] = position
        else:
            spans.append([position, position])
    return ", ".join(f"#{a}" if a == b else f"#{a}-#{b}" for a, b in spans)
