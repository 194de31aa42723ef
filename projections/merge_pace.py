"""How quickly merges of a VM ran before: of those alone whose start, end and size are known."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from eventstore.codec import decode
from eventstore.entry import Recorded
from eventstore.events import (
    DiskSeen,
    LogRecordSeen,
    MergeCompleted,
    MergeFailed,
    MergeInterrupted,
    MergeStarted,
)
from eventstore.evidence.log_meanings import meaning_of
from eventstore.ids import VmId, vm_stream
from eventstore.machine import Merge
from eventstore.moments import Moment, datetime_of
from eventstore.paths import PathKey, path_key

_ENDS = frozenset({MergeCompleted.__name__, MergeFailed.__name__, MergeInterrupted.__name__})
_OF_VM = frozenset({MergeStarted.__name__, *_ENDS})


class MergePace(Struct, frozen=True):
    """Earlier merges of one VM together; `positions` are the entries that tell of their ends."""

    bytes: int
    seconds: float
    positions: tuple[int, ...]

    @property
    def bytes_per_second(self) -> float:
        return self.bytes / self.seconds

    def seconds_for(self, size_bytes: int) -> int:
        """Give how long a file of that size would take at the same pace, one second at least."""
        return max(1, round(size_bytes / self.bytes_per_second))


class _Ran(Struct, frozen=True):
    """Something that ran: a merge by its events, or what a log dates of the VM's merges."""

    began: Moment
    ended: Moment
    position: int
    size_bytes: int

    @property
    def seconds(self) -> float:
        return (datetime_of(self.ended) - datetime_of(self.began)).total_seconds()


class _Watch:
    """The fold: merges that began, merges that ended, and how large files were when last read."""

    def __init__(self, vm: VmId) -> None:
        self._vm = vm
        self._stream = vm_stream(vm)
        self._sizes: dict[PathKey, int] = {}
        self._began: dict[Merge, Moment] = {}
        self._log_began: Moment | None = None
        self._done: list[tuple[Moment, int]] = []
        self._by_log: list[tuple[Moment, Moment, int]] = []
        self.ran: list[_Ran] = []

    def hear(self, each: Recorded) -> None:
        entry = each.entry
        is_own = entry.stream == self._stream and entry.type in _OF_VM
        if not (is_own or entry.type in {DiskSeen.__name__, LogRecordSeen.__name__}):
            return
        at = entry.occurred_at
        match decode(entry):
            case DiskSeen(path=path, size_bytes=size):
                self._sizes[path_key(path)] = size
            case MergeStarted(child, into):
                self._began[Merge(path_key(child), path_key(into))] = at
            case MergeCompleted(child, into):
                self._ended(Merge(path_key(child), path_key(into)), at, each.position)
            case MergeInterrupted(child, into) | MergeFailed(child, into):
                self._began.pop(Merge(path_key(child), path_key(into)), None)
            case LogRecordSeen() as record if record.vm == self._vm and not record.is_doubtful:
                self._log(record, at, each.position)
            case _:
                pass  # other records say nothing of merges

    def _ended(self, merge: Merge, at: Moment, position: int) -> None:
        began = self._began.pop(merge, None)
        size = self._sizes.pop(merge.child, None)
        if size is None:
            return
        if began is not None and began < at:
            self.ran.append(_Ran(began, at, position, size))
        else:
            self._done.append((at, size))

    def _log(self, record: LogRecordSeen, at: Moment, position: int) -> None:
        meaning = meaning_of(record.provider, record.channel, record.event_id)
        if meaning is None or meaning.merge is None:
            return
        if meaning.merge == "finished" and self._log_began is not None:
            self._by_log.append((self._log_began, at, position))
        self._log_began = at if meaning.merge == "started" else None

    def by_log(self) -> Iterator[_Ran]:
        """Give what a log dates: the merges that ended within its start and finish, together."""
        for began, ended, position in self._by_log:
            within = [size for at, size in self._done if began < at <= ended]
            if within:
                yield _Ran(began, ended, position, sum(within))


def pace_of(entries: Iterable[Recorded], vm: VmId) -> MergePace | None:
    """Give the pace of the merges of `vm` among `entries`, which come as they happened.

    Events tell which file, and a log's records when; a merge that took no time by its events was
    dated by the command that set it off, and is told by the log alone. None: nothing is known.
    """
    watch = _Watch(vm)
    for each in entries:
        watch.hear(each)
    ran = [*watch.ran, *watch.by_log()]
    if not ran:
        return None
    return MergePace(
        sum(each.size_bytes for each in ran),
        sum(each.seconds for each in ran),
        tuple(sorted(each.position for each in ran)),
    )
