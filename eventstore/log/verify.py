"""The full check: every published line held against its digest, its neighbours and its stream.

Kinds of violations, stable for scripts; each names the first position that cannot be trusted:

* altered           a line, or the entry its successor links to, is not as it was written
* removed           lines are gone
* segment_missing   a whole file is gone
* inserted          a line stands where none was written
* reordered         a line stands before one that it follows
* revision_gap      a stream skips or repeats a revision
* duplicate_id      a stream has an event id twice
* batch_torn        a batch is not whole, not in one piece, or not in one segment
* mark_wrong        the published mark is unreadable or names another end
* foreign           a segment or an entry that belongs to another log

Notes are no violations: `clock_back` (the clock was set back), `tail` (bytes above the mark, in
flight or left by a crash), `foreign` (another file in the log's folder), `cache_differs` (the index
is damaged, or says other things than the log: it costs time and changes no answer).
"""

from pathlib import Path

import msgspec

from eventstore.entry import Entry
from eventstore.events import ForkedFrom, TailSetAside
from eventstore.log.files import Files
from eventstore.log.index_check import IndexCheck
from eventstore.log.line import (
    Envelope,
    Line,
    digest_of,
    first_prev,
    is_entry_canonical,
    parse_line,
    recorded,
)
from eventstore.log.mark import mark_path
from eventstore.log.protocol import CheckResult, Violation
from eventstore.log.recovery import Tail, survey_now
from eventstore.log.segments import (
    Place,
    is_segment_name,
    raw_lines,
    segment_name,
    segment_path,
    segments,
)
from eventstore.log.store import read_store
from eventstore.log.summary import Part, Stretch, Summary, summaries


def check_log(files: Files, folder: Path, processes: int = 1) -> CheckResult:
    """Read the whole log, through its damage if need be.

    Of a long log `processes` processes share the segments.
    """
    mark, tail = survey_now(files, folder)
    end = max(tail.published, mark) if mark else tail.published
    audit, index = _Audit(), IndexCheck(files, folder)
    parts = _parts(files, folder, end)
    for part, summary in zip(parts, summaries(files, folder, parts, processes), strict=True):
        audit.take_segment(part.first)
        before = audit.positions_before(summary) if summary else {}
        if summary and audit.join(summary):
            index.hold(part.first, summary.links, before)
        else:
            for raw in raw_lines(files, segment_path(folder, part.first), 0, part.length):
                audit.take(raw)
    audit.finish(end)
    if index.problem:
        audit.note("cache_differs", 0, index.problem)
    if mark is None:
        audit.violate("mark_wrong", end.position, "neither copy of the mark can be read")
    if tail.damage and tail.damage.kind != "removed":
        audit.violate(tail.damage.kind, tail.damage.position, tail.damage.text)
    _look_around(files, folder, audit, tail, end)
    return audit.result()


def _parts(files: Files, folder: Path, end: Place) -> list[Part]:
    """Give the segments that hold what was published, each with how much of it counts."""
    names = [first for first in segments(files, folder) if first <= end.segment]
    return [
        Part(
            first,
            end.offset if first == end.segment else files.size(segment_path(folder, first)) or 0,
        )
        for first in names
    ]


def _look_around(files: Files, folder: Path, audit: "_Audit", tail: Tail, end: Place) -> None:
    store = read_store(files, folder)
    if store:
        audit.refuse_strangers(store.store)
    for name in files.names(folder / "log"):
        if name != mark_path(folder).name and not is_segment_name(name):
            audit.note("foreign", 0, f"log/{name} is no part of the log")
    for segment, _ in tail.rest:
        if segment > tail.intact.position + 1:
            audit.violate("foreign", segment, f"{segment_name(segment)} does not follow the log")
    if tail.intact != tail.published or tail.rest:
        audit.note("tail", end.position + 1, "bytes above the mark, not published")


class _Tip:
    """The last entry seen of a stream."""

    def __init__(self, origin: str, stream: str) -> None:
        self.revision = 0
        self.digest = first_prev(origin, stream)
        self.position = 0
        self.ids: set[str] = set()


class _Audit:
    """What the lines so far amount to."""

    def __init__(self) -> None:
        self._violations: list[Violation] = []
        self._notes: list[Violation] = []
        self._expected = 1
        self._before: Envelope | Line | None = None
        self._begins_segment = False
        self._holes: dict[int, int] = {}
        self._last_hole = 0
        self._tips: dict[tuple[str, str], _Tip] = {}
        self._origins: dict[str, int] = {}
        self._parents: dict[str, str] = {}
        self._entries = 0
        self._tails_set_aside = 0

    def violate(self, kind: str, position: int, text: str) -> None:
        self._violations.append(Violation(kind, position, text))

    def note(self, kind: str, position: int, text: str) -> None:
        self._notes.append(Violation(kind, position, text))

    def result(self) -> CheckResult:
        by_position = sorted(self._violations, key=lambda found: found.position)
        return CheckResult(
            entries=self._entries,
            violations=tuple(by_position),
            tails_set_aside=self._tails_set_aside,
            notes=tuple(self._notes),
        )

    def take_segment(self, first: int) -> None:
        self._begins_segment = True
        if first > self._expected:
            text = f"nothing before {segment_name(first)} holds it"
            self._open_hole("segment_missing", first - 1, text)
        elif first < self._expected:
            self.violate("foreign", first, f"{segment_name(first)} does not follow the log")

    def positions_before(self, summary: Summary) -> dict[int, int]:
        """Give, for the first entry of each stream in a segment, where the one before it stands."""
        return {
            stretch.first_position: tip.position if (tip := self._tips.get(key)) else 0
            for key, stretch in summary.stretches.items()
        }

    def join(self, summary: Summary) -> bool:
        """Take a whole segment in; False, and nothing is taken, when it needs a closer look."""
        first, before = summary.first, self._before
        is_early = before is not None and (
            before.position < before.batch[1] or first.recorded_at < before.recorded_at
        )
        if self._violations or is_early or first.position != self._expected:
            return False
        if not all(self._goes_on(*key, stretch) for key, stretch in summary.stretches.items()):
            return False
        for key, stretch in summary.stretches.items():
            tip = self._tips.setdefault(key, _Tip(*key))
            tip.ids.update(stretch.ids)
            tip.revision, tip.digest = stretch.revision, stretch.digest
            tip.position = stretch.position
            self._origins.setdefault(key[0], stretch.first_position)
        for position, entry in summary.own.items():
            self._take_own(position, entry)
        self._before = summary.last
        self._expected = summary.last.position + 1
        self._entries += self._expected - first.position
        return True

    def take(self, raw: bytes) -> None:
        line = parse_line(raw)
        found = recorded(line) if line and is_entry_canonical(line.entry) else None
        if line is None or found is None:
            self._open_hole("altered", self._expected, "the line is not as it was written")
            return
        self._entries += 1
        if self._is_in_order(line):
            self._take_batch(line)
            self._take_entry(line, found.entry)
            self._before = line
        self._begins_segment = False

    def finish(self, end: Place) -> None:
        last = self._before
        if last and last.position == end.position and last.batch[1] != last.position:
            self.violate("batch_torn", last.position, f"its batch goes on to {last.batch[1]}")
        if self._expected <= end.position:
            self.violate("removed", self._expected, f"the log went on to {end.position}")
        elif self._expected > end.position + 1:
            text = f"the mark says {end.position}, the log there says {self._expected - 1}"
            self.violate("mark_wrong", end.position, text)

    def refuse_strangers(self, store_id: str) -> None:
        """Every entry was recorded by this store or by one that it is a copy of."""
        family: set[str] = set()
        member: str | None = store_id
        while member is not None and member not in family:
            family.add(member)
            member = self._parents.get(member)
        for origin, position in self._origins.items():
            if origin not in family:
                self.violate("foreign", position, f"the entry is from store {origin}")

    def _open_hole(self, kind: str, through: int, text: str) -> None:
        for position in range(self._expected, through + 1):
            self._holes[position] = len(self._violations)
        self.violate(kind, self._expected, text)
        self._last_hole = through
        self._expected = through + 1

    def _is_in_order(self, line: Line) -> bool:
        position = line.position
        if position > self._expected:
            self._open_hole("removed", position - 1, f"{position} stands in its place")
        if position == self._expected:
            self._expected += 1
            return True
        at = self._holes.get(position)
        if at is None:
            self.violate("inserted", position, "the log has another line of this position")
        else:
            hole = self._violations[at]
            kind = "inserted" if hole.kind == "altered" else "reordered"
            text = f"it was found after {self._expected - 1}"
            self._violations[at] = Violation(kind, hole.position, text)
        return False

    def _take_batch(self, line: Line) -> None:
        before, (first, last) = self._before, line.batch
        is_next = before is not None and before.position == line.position - 1
        goes_on = before is not None and is_next and before.position < before.batch[1]
        if before is not None and goes_on:
            fits = line.batch == before.batch and not self._begins_segment
        else:
            fits = first == line.position or (not is_next and first <= self._last_hole)
        if not fits or not first <= line.position <= last or line.synced >= first:
            self.violate(
                "batch_torn", line.position, f"batch {first} to {last} is not in one piece"
            )
        if before is not None and line.recorded_at < before.recorded_at:
            text = f"the clock went back from {before.recorded_at} to {line.recorded_at}"
            self.note("clock_back", line.position, text)

    def _take_entry(self, line: Line, entry: Entry) -> None:
        tip = self._tips.setdefault((entry.origin, entry.stream), _Tip(entry.origin, entry.stream))
        # What follows on a hole cannot be held against what was in it.
        if tip.position > self._last_hole or not self._last_hole:
            self._follow_stream(line, entry, tip)
        if entry.id in tip.ids:
            self.violate("duplicate_id", line.position, f"event {entry.id} is in its stream twice")
        tip.ids.add(entry.id)
        tip.revision, tip.digest = entry.revision, digest_of(line.entry)
        tip.position = line.position
        self._origins.setdefault(entry.origin, line.position)
        self._take_own(line.position, entry)

    def _follow_stream(self, line: Line, entry: Entry, tip: _Tip) -> None:
        if entry.revision != tip.revision + 1:
            text = f"{entry.stream} goes from revision {tip.revision} to {entry.revision}"
            self.violate("revision_gap", line.position, text)
        elif entry.prev != tip.digest:
            text = f"the entry at {line.position} does not follow from it"
            self.violate("altered", tip.position or line.position, text)

    def _goes_on(self, origin: str, stream: str, stretch: Stretch) -> bool:
        tip = self._tips.get((origin, stream)) or _Tip(origin, stream)
        ids = set(stretch.ids)
        return (
            (stretch.first_revision, stretch.first_prev) == (tip.revision + 1, tip.digest)
            and len(ids) == len(stretch.ids)
            and tip.ids.isdisjoint(ids)
        )

    def _take_own(self, position: int, entry: Entry) -> None:
        try:
            if entry.type == TailSetAside.__name__:
                self._tails_set_aside += 1
            elif entry.type == ForkedFrom.__name__:
                parent = msgspec.json.decode(entry.data, type=ForkedFrom)
                self._parents[entry.origin] = parent.store
        except msgspec.MsgspecError as error:
            self.violate("altered", position, f"the entry cannot be read: {error}")
