"""Forecasts asked of stories, and how to read them, for tests."""

from eventstore.commands import (
    Command,
)
from eventstore.events import (
    DiskSeen,
)
from eventstore.evidence.observations import DiskFacts, DiskKind, ParentLink
from eventstore.ids import SnapshotId, folder_stream
from projections.forecast import Forecast, forecast
from tests.story import START, Story, disk, short

READINGS = folder_stream("HV1", "/case")
S1, S2, S3 = SnapshotId("S1"), SnapshotId("S2"), SnapshotId("S3")


def foreseen(story: Story, command: Command) -> Forecast:
    return forecast(story.fleet, story.machine.id, command, at=story.at)


def merges(answer: Forecast) -> list[tuple[str, str, str]]:
    return [(short(each.child), short(each.into), each.starts) for each in answer.merges]


def deleted(answer: Forecast) -> list[str]:
    return [short(path) for path in answer.deleted_files]


def seen(
    name: str, size_bytes: int, *, kind: DiskKind = "differencing", parent: str | None = None
) -> DiskSeen:
    link = ParentLink(absolute_path=disk(parent)) if parent else None
    facts = DiskFacts("vhd", kind, "win ", 1 << 30, name, name, parent=link)
    return DiskSeen(disk(name), disk(name), size_bytes, START, name, facts)


def three_snapshots() -> Story:
    """S1 - S2 - S3 - Now: each file below the one before it."""
    return Story().vm("web01", "web01.vhd").take("S1").take("S2").take("S3")
