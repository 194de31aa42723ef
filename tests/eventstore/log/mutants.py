"""The log with one of fourteen bugs that event stores have had; each is a patch to switch on.

Three more let the index be believed over the log. Fsync and crash bugs are the ones of the
published studies, the others come from the trackers of event stores. A test shows that an exam
finds each.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec.structs import replace
from pytest import MonkeyPatch  # noqa: PT013  (the type's only public name)

from eventstore.entry import NewEntry, Recorded
from eventstore.errors import BadInput, LogError
from eventstore.log import batch, index, line, recovery, segments, verify, writer, writing
from eventstore.log.batch import Encoded
from eventstore.log.embedded import EmbeddedLog
from eventstore.log.files import Files, OpenFile, RealFile, write_all
from eventstore.log.index import INDEX
from eventstore.log.index_table import Table
from eventstore.log.line import EntryHead, Envelope, Line, encode_entry, encode_line
from eventstore.log.mark import Mark, find_mark
from eventstore.log.protocol import Appended
from eventstore.log.recovery import Tail
from eventstore.log.segments import Place, segment_path
from eventstore.log.streams import Streams
from eventstore.log.writer import Writer
from eventstore.moments import Moment
from tests.eventstore.log.exams import Exam, cache, concurrency, contract, crash, damage
from tests.eventstore.log.forgetful import OpenInMemory


class Mutant(NamedTuple):
    """A bug, and the exam that finds it."""

    switch_on: Callable[[MonkeyPatch], None]
    found_by: Exam


def no_fsync(patch: MonkeyPatch) -> None:
    """A batch is written and never synced."""

    def write(files: Files, path: Path, data: bytes, offset: int, blanks: int) -> int:
        write_all(files.open(path), data + b" " * blanks, offset)
        return blanks

    patch.setattr(writing, "_write_synced", write)


def short_write_ignored(patch: MonkeyPatch) -> None:
    """The system takes half of the bytes, and nobody looks at how many."""
    patch.setattr(writing, "write_all", lambda file, data, offset: file.write(data, offset))


def failed_fsync_repeated(patch: MonkeyPatch) -> None:
    """After a failed sync it goes on and syncs again, though the pages count as clean by then."""

    def sync(file: OpenFile) -> None:
        try:
            file.sync()
        except OSError:
            file.sync()

    _sync_by(patch, sync)


def fsync_error_swallowed(patch: MonkeyPatch) -> None:
    """The sync fails and nobody hears of it."""

    def sync(file: OpenFile) -> None:
        with suppress(OSError):
            file.sync()

    _sync_by(patch, sync)


def no_checksum(patch: MonkeyPatch) -> None:
    """A line that looks like one is taken for one."""

    def parse(raw: bytes) -> Line | None:
        head = line._HEAD.match(raw)
        if head is None or not raw.endswith(b'"}\n'):
            return None
        position, recorded_at, first, last, synced = head.groups()
        entry, digest = raw[head.end() : -line.TAIL_BYTES], raw[-67:-3].decode(errors="replace")
        span = int(first), int(last)
        return Line(int(position), Moment(recorded_at.decode()), span, int(synced), entry, digest)

    for module in (recovery, segments, verify):
        patch.setattr(module, "parse_line", parse)


def zero_tail_accepted(patch: MonkeyPatch) -> None:
    """Zeros that a crash left behind the last batch count as part of the log."""
    survey = recovery.survey

    def surveyed(files: Files, folder: Path, mark: Place | None) -> Tail:
        tail = survey(files, folder, mark)
        path = segment_path(folder, tail.intact.segment)
        size = files.size(path) or 0
        if not tail.rest or files.read(path, tail.intact.offset, size).strip(b"\0"):
            return tail
        return tail._replace(intact=tail.intact._replace(offset=size), rest=())

    patch.setattr(recovery, "survey", surveyed)


def torn_tail_not_cut(patch: MonkeyPatch) -> None:
    """Recovery leaves half a batch where it is, and the next one is written over it."""
    patch.setattr(recovery, "_set_aside", _nothing)


def batch_as_many_frames(patch: MonkeyPatch) -> None:
    """Each entry is a batch of its own, so a crash leaves some of those that came together."""

    def encode(*arguments: object) -> list[Encoded]:
        encoded = encode_batch(*arguments)  # type: ignore[arg-type]  # passed on as they came
        return [replace(each, line=_alone(each.record)) for each in encoded]

    encode_batch = batch.encode_batch
    patch.setattr(writer, "encode_batch", encode)


def no_expected_revision(patch: MonkeyPatch) -> None:
    """Whatever revision the caller expects, the events are appended."""
    add = Writer._add

    def added(
        self: Writer,
        mark: Mark,
        streams: Streams,
        stream: str,
        events: Sequence[NewEntry],
        expected: int,
    ) -> Appended:
        actual = streams.last(self.store.store, stream).revision
        return add(self, mark, streams, stream, events, actual)

    patch.setattr(Writer, "_add", added)


def duplicate_in_a_batch(patch: MonkeyPatch) -> None:
    """An id that is given twice in one batch is stored twice."""
    patch.setattr(batch, "pairwise", _no_pairs)


def no_writer_lock(patch: MonkeyPatch) -> None:
    """Two writers append at the same time."""
    patch.setattr(OpenInMemory, "try_lock", _yes)
    patch.setattr(RealFile, "try_lock", _yes)


def part_of_a_refused_batch_stays(patch: MonkeyPatch) -> None:
    """Of a batch that is refused because of its last event the first one is stored."""
    append = Writer.append

    def appended(
        self: Writer, stream: str, events: Sequence[NewEntry], *, expected: int
    ) -> Appended:
        try:
            return append(self, stream, events, expected=expected)
        except (BadInput, LogError):
            with suppress(BadInput, LogError):
                append(self, stream, events[:1], expected=expected)
            raise

    patch.setattr(Writer, "append", appended)


def consumer_goes_back(patch: MonkeyPatch) -> None:
    """A follower that finds nothing new begins again where it began."""

    def follow(self: EmbeddedLog, after: int, stop: Callable[[], bool]) -> Iterator[Recorded]:
        while not stop():
            for record in self.read(after):
                if stop():
                    return
                yield record

    patch.setattr(EmbeddedLog, "follow", follow)


def position_lost_at_reopen(patch: MonkeyPatch) -> None:
    """A new handle counts positions from the beginning of the last segment."""

    def find(files: Files, folder: Path, known: Mark | None) -> Mark | None:
        mark = find_mark(files, folder)
        if mark is None:
            return None
        end = mark.place
        return mark._replace(place=end._replace(position=end.position - end.segment + 1))

    patch.setattr(writer, "find_mark", find)


def index_of_any_log_believed(patch: MonkeyPatch) -> None:
    """Nobody looks whether the index belongs to this log."""

    def between(files: Files, folder: Path, begin: Place, end: Place) -> Line:
        manifest = msgspec.json.decode(files.read(folder / INDEX / "manifest", 0, 1 << 20)[:-65])
        return line_between(files, folder, begin, end)._replace(digest=manifest["digest"])

    line_between = index.line_between
    patch.setattr(index, "line_between", between)


def index_damage_unnoticed(patch: MonkeyPatch) -> None:
    """A block of the index counts whatever its check says."""
    patch.setattr(Table, "_must_be_whole", _nothing)


def index_believed_over_the_log(patch: MonkeyPatch) -> None:
    """What stands where the index says is not asked whether it is what was looked for."""

    def head(self: Streams, position: int, origin: str, stream: str) -> EntryHead:
        head = line.entry_head(self.line_at(position))
        assert head
        return head

    patch.setattr(Streams, "_head_in_index", head)


def _alone(record: Recorded) -> bytes:
    at = record.position
    envelope = Envelope(at, record.recorded_at, (at, at), record.synced)
    return encode_line(envelope, encode_entry(record.entry))


def _nothing(*given: object) -> None:
    """Leave everything as it is."""


def _yes(*given: object) -> bool:
    return True


def _no_pairs(ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    return iter(())


class _Synced:
    """A file whose sync is done in another way."""

    def __init__(self, file: OpenFile, sync: Callable[[OpenFile], None]) -> None:
        self.write, self.read = file.write, file.read
        self.truncate, self.close = file.truncate, file.close
        self.sync = lambda: sync(file)


def _sync_by(patch: MonkeyPatch, sync: Callable[[OpenFile], None]) -> None:
    patch.setattr(writing, "_open", lambda files, path: _Synced(files.open(path), sync))


MUTANTS = (
    Mutant(no_fsync, crash),
    Mutant(short_write_ignored, crash),
    Mutant(failed_fsync_repeated, crash),
    Mutant(fsync_error_swallowed, crash),
    Mutant(no_checksum, damage),
    Mutant(zero_tail_accepted, crash),
    Mutant(torn_tail_not_cut, crash),
    Mutant(batch_as_many_frames, crash),
    Mutant(no_expected_revision, contract),
    Mutant(duplicate_in_a_batch, contract),
    Mutant(no_writer_lock, concurrency),
    Mutant(part_of_a_refused_batch_stays, contract),
    Mutant(consumer_goes_back, contract),
    Mutant(position_lost_at_reopen, concurrency),
    Mutant(index_of_any_log_believed, cache),
    Mutant(index_damage_unnoticed, cache),
    Mutant(index_believed_over_the_log, cache),
)
