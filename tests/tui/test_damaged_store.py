"""A store that somebody or something harmed: what every command says of it, and what to do."""

import errno
import json
import os
import shutil

import pytest

from eventstore.log import files
from tests.tui.calling import Snapledger

READING = (
    ("vms",),
    ("tree", "web01"),
    ("chain",),
    ("files", "web01"),
    ("orphans",),
    ("log",),
    ("log", "--json"),
    ("diff", "1", "now"),
    ("forecast", "web01", "start"),
    ("explain", "web01.vhd"),
)


@pytest.fixture
def store(snapledger: Snapledger) -> Snapledger:
    lines = (r"vm web01 C:\VMs\web01.vhd", "start web01", "take web01 S1", "shutdown web01")
    assert snapledger.play(*lines).code == 0
    return snapledger


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_a_log_that_was_removed_is_no_empty_log(store: Snapledger, words: tuple[str, ...]) -> None:
    shutil.rmtree(store.store / "log")
    told = store(*words)

    assert (told.code, told.out) == (1, "")
    assert "damaged at position 1: log/ was removed or emptied" in told.err
    assert "put the whole store back from a copy" in told.err


def test_nothing_is_written_where_the_log_was_removed(store: Snapledger) -> None:
    shutil.rmtree(store.store / "log")

    assert store.play("start web01").code == 1
    assert not list(store.store.glob("log/*.ndjson"))
    assert store("verify", "--json").json["violations"][-1]["kind"] == "segment_missing"


def test_a_new_store_is_empty_and_whole(snapledger: Snapledger) -> None:
    assert snapledger.play("# nothing").code == 0

    for words in (("vms",), ("chain",), ("log",), ("verify",)):
        assert (snapledger(*words).code, snapledger(*words).err) == (0, "")


def test_a_lost_mark_is_told_by_whoever_reads_or_writes(store: Snapledger) -> None:
    (store.store / "log" / "synced").write_bytes(bytes(8192))

    told = store("tree", "web01", "--json")
    assert (told.code, told.json["power"]) == (0, "running")
    assert "the mark log/synced cannot be read: what was stored last may not be shown" in told.err
    assert store("verify").code == 1
    assert "log/synced cannot be read" in store.play("start web01").err

    assert store.play("save web01").code == 2  # it is off, as is seen when it would be stored
    assert store.play("start web01").err == ""
    assert store("tree", "web01").err == ""


def harm(store: Snapledger, old: bytes) -> None:
    (segment,) = (store.store / "log").glob("*.ndjson")
    segment.write_bytes(segment.read_bytes().replace(old, old.lower(), 1))


def test_what_stands_before_the_damage_can_be_asked(store: Snapledger) -> None:
    harm(store, b'"SnapshotTaken"')
    told = store("tree", "web01")
    assert told.code == 1
    assert "damaged at position 3" in told.err
    assert "--at #2 or less asks the entries before it" in told.err

    before = store("tree", "web01", "--at", "#2", "--json")
    assert (before.code, before.json["power"]) == (0, "running")
    assert before.err == ""  # nobody looked at what stands behind
    assert store("diff", "1", "2").code == 0
    for words in (("--at", "#3"), ("--at", "2010-09-26T06:01:00Z")):
        assert store("tree", "web01", *words).code == 1


def test_a_batch_with_damage_in_it_is_not_asked_in_part(snapledger: Snapledger) -> None:
    snapledger.play(r"vm web01 C:\VMs\web01.vhd", "take web01 S1", "delete web01 S1")
    batches = [
        line["batch"] for line in map(json.loads, snapledger("log", "--json").out.splitlines())
    ]
    assert [3, 5] in batches
    harm(snapledger, b'"MergeCompleted"')

    assert snapledger("tree", "web01", "--at", "#2").code == 0
    assert snapledger("tree", "web01", "--at", "#3").code == 1


def test_a_file_that_the_system_does_not_give_is_named(
    store: Snapledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(descriptor: int, size: int) -> bytes:
        data = os.read(descriptor, size)
        if data.startswith(b'{"position":1,"recorded_at"'):
            raise OSError(errno.EIO, "Input/output error")
        return data

    monkeypatch.setattr(files, "_read", fail)
    told = store("tree", "web01")

    assert (told.code, told.out) == (3, "")
    assert "00000000000000000001.ndjson cannot be read: Input/output error" in told.err
    assert "damaged" not in told.err
