"""The log beside a model of dictionaries, opened anew after every step, whatever the steps are."""

import os
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from eventstore.errors import DiskFull, DuplicateId, WrongRevision
from eventstore.log.embedded import EmbeddedLog
from eventstore.log.segments import segment_path, segments
from tests.eventstore.log.forgetful import ForgetfulFiles
from tests.eventstore.log.history import AHEAD, events, small_store
from tests.eventstore.log.workload import STORE, noted

EXAMPLES = int(os.environ.get("SNAPLEDGER_EXAMPLES", "40"))
STREAMS = st.sampled_from(["vm/1", "vm/2", "host/ü"])


class LogMachine(RuleBasedStateMachine):
    """Names of events by stream, and the order in which they came, against what the log says."""

    def __init__(self) -> None:
        super().__init__()
        self.files = ForgetfulFiles()
        self.model: dict[str, list[str]] = {}
        self.order: list[tuple[str, str]] = []
        self.positions: dict[tuple[str, str], int] = {}
        self.numbers = iter(range(1 << 20))

    @rule(stream=STREAMS, size=st.integers(0, 4), note=st.sampled_from([1, 200, 3_000]))
    def append(self, stream: str, size: int, note: int) -> None:
        own = self.model.setdefault(stream, [])
        names = [f"{next(self.numbers)}" for _ in range(size)]
        batch = [noted(name, note) for name in names]
        appended = self._open().append(stream, batch, expected=len(own))
        own += names
        self.order += [(stream, name) for name in names]
        assert appended.revision == len(own)
        assert appended.last - appended.first + 1 == size
        for position, name in enumerate(names, appended.first):
            self.positions[stream, name] = position

    @rule(stream=STREAMS, by=st.integers(-3, 3).filter(bool))
    def expect_another_revision(self, stream: str, by: int) -> None:
        actual = len(self.model.get(stream, []))
        with pytest.raises(WrongRevision) as caught:
            self._open().append(stream, events("refused"), expected=actual + by)
        assert (caught.value.expected, caught.value.actual) == (actual + by, actual)

    @rule(stream=STREAMS, data=st.data())
    def give_an_id_again(self, stream: str, data: st.DataObject) -> None:
        own = self.model.get(stream, [])
        if own:
            taken = data.draw(st.sampled_from(own))
            with pytest.raises(DuplicateId) as caught:
                self._open().append(stream, events("fresh", taken), expected=len(own))
            assert caught.value.position == self.positions[stream, taken]

    @rule(stream=STREAMS)
    def find_the_disk_full(self, stream: str) -> None:
        self.files.room = 50
        with pytest.raises(DiskFull):
            self._open().append(stream, [noted("refused", 500)], expected=self._revision(stream))
        self.files.room = 1 << 40

    @rule(size=st.integers(1, 700))
    def leave_half_a_batch(self, size: int) -> None:
        path = segment_path(STORE, max(segments(self.files, STORE), default=1))
        torn = self.files.read(path, 0, size) if self.files.size(path) else b"x" * size
        self.files.open(path).write(torn, self.files.size(path) or 0)

    @rule(seed=st.integers(0, 1 << 16), keep=st.sampled_from([0.0, 0.5, 1.0]))
    def lose_power(self, seed: int, keep: float) -> None:
        self._open()
        self.files = self.files.crashed(Random(seed), keep=keep, torn=0.2)

    @invariant()
    def reading_gives_the_model(self) -> None:
        # The mark of the last batch may be lost with the power; the next append publishes it.
        log = self._open()
        log.append("vm/1", [], expected=self._revision("vm/1"))
        own = [r for r in log.read() if not r.entry.stream.startswith("log/")]
        assert [(r.entry.stream, r.entry.id) for r in own] == self.order
        assert {(r.entry.stream, r.entry.id): r.position for r in own} == self.positions
        for stream, names in self.model.items():
            assert log.revision(stream) == len(names)
            assert [r.entry.id for r in log.read_stream(stream)] == names
        assert [r.position for r in log.read()] == list(range(1, log.head() + 1))
        assert log.check().violations == ()

    def _open(self) -> EmbeddedLog:
        return small_store(STORE, self.files, settings=AHEAD)

    def _revision(self, stream: str) -> int:
        return len(self.model.get(stream, []))


LogMachine.TestCase.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=20, deadline=None
)
TestLog = LogMachine.TestCase
