"""Real processes that the system kills or fails in the middle of a call, and full file systems."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from eventstore.errors import DiskFull
from eventstore.log.embedded import open_store
from eventstore.log.files import RealFiles
from eventstore.log.segments import segment_path, segments
from eventstore.log.writer import Settings
from tests.eventstore.log.history import VM, event, events, ids
from tests.eventstore.log.starved import BATCHES, FAILING
from tests.eventstore.log.sweep import Record, Sweep

CASES = int(os.environ.get("SNAPLEDGER_STRACE_CASES", "18"))
"""Faults of each kind; at most so many as a child makes calls."""

FAULTS = [
    ("pwrite64", "signal=KILL"),
    ("pwrite64", "error=EIO"),
    ("pwrite64", "error=ENOSPC"),
    ("fdatasync", "signal=KILL"),
    ("fdatasync", "error=EIO"),
    ("fdatasync", "error=ENOSPC"),
]


def traced(call: str, fault: str, folders: list[Path]) -> str:
    """Run the children under strace; give what it wrote, one line for each call it failed."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    log = folders[0].with_name("strace.txt")
    inject = f"inject={call}:{fault}:when={FAILING}"
    # The filter makes tracing cheap, but lets no signal be sent in place of a call.
    cheap = [] if "KILL" in fault else ["--seccomp-bpf"]
    command = [strace, "-f", *cheap, "-o", str(log), "-e", f"trace={call}", "-e", inject]
    worker = [sys.executable, "-B", "-m", "tests.eventstore.log.starved", call, *map(str, folders)]
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [*command, *worker], cwd=root, capture_output=True, text=True, check=False
    )
    if "ptrace" in done.stderr and "not permitted" in done.stderr:
        pytest.skip("ptrace is not allowed here")
    assert done.returncode == 0, done.stderr
    return log.read_text()


@pytest.mark.parametrize(("call", "fault"), FAULTS)
def test_a_process_killed_or_failed_in_a_call_loses_nothing_it_was_answered(
    call: str, fault: str, tmp_path: Path, record_property: Record
) -> None:
    sweep = Sweep(f"strace, {call} {fault}", "faults")
    folders = [tmp_path / f"store{number}" for number in range(CASES)]
    for folder in folders:
        open_store(folder, create=True, settings=Settings(reserve_bytes=0))
    text = traced(call, fault, folders)
    failed = text.count("INJECTED") if "error" in fault else text.count("+++ killed by SIGKILL")
    for number, folder in enumerate(folders, 1):
        with sweep.looking_at(f"{call} {number}"):
            assert_answers_kept(folder)
    sweep.tell(record_property, seconds_max=20)

    assert failed == CASES


def assert_answers_kept(folder: Path) -> None:
    told = folder.with_name(folder.name + ".answers")
    answered = [int(line) for line in told.read_text().split()]
    log = open_store(folder)
    before = ids(log)
    log.append("vm/after", events("after"), expected=0)
    found = [record.entry.id for record in log.read() if record.entry.stream == VM]

    assert found[: len(before)] == before
    assert answered == list(range(len(answered)))
    whole = [
        [f"{number}{part}" for number in range(n) for part in "ab"] for n in range(BATCHES + 1)
    ]
    assert found in whole[len(answered) : len(answered) + 2]
    assert log.check().violations == ()


@pytest.fixture(params=["tmpfs", "ext4"])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Give a file system of a few MiB of its own, where this may be mounted."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if mount is None or umount is None:
        pytest.skip("there is no mount command")
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", "size=4m", "none"]
    if request.param == "ext4":
        make = shutil.which("mkfs.ext4")
        if make is None:
            pytest.skip("mkfs.ext4 is not installed")
        image = tmp_path / "disk.img"
        image.write_bytes(bytes(8 << 20))
        subprocess.run([make, "-q", "-m", "0", str(image)], check=True, capture_output=True)
        options = ["-o", "loop", str(image)]
    done = subprocess.run(
        [mount, *options, str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"a file system cannot be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run([umount, str(folder)], check=True, capture_output=True)


def fill(folder: Path) -> Path:
    """Leave no room on the disk."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue
    return path


def append_large(folder: Path, number: int) -> None:
    large = event(str(number), b'{"note":"%s"}' % (b"x" * 9_000))
    open_store(folder).append(VM, [large], expected=number)


def test_a_full_file_system_refuses_appends_and_the_store_is_read_on(small_disk: Path) -> None:
    folder = small_disk / "store"
    open_store(folder, create=True).append(VM, events("a"), expected=0)
    filler = fill(small_disk)
    stored = 1
    with suppress(DiskFull):
        for stored in range(1, 1_000):
            append_large(folder, stored)

    for _ in range(2):
        log = open_store(folder)
        assert log.head() == log.revision(VM) == len(list(log.read())) == stored
        assert log.check().violations == ()
        with pytest.raises(DiskFull, match="nothing was stored"):
            append_large(folder, stored)
    filler.unlink()
    append_large(folder, stored)
    assert open_store(folder).revision(VM) == stored + 1
    assert open_store(folder).check().is_ok


def test_a_full_file_system_recovers_by_its_reserve(small_disk: Path) -> None:
    folder = small_disk / "store"
    log = open_store(folder, create=True)
    log.append(VM, events("a"), expected=0)
    with segment_path(folder, segments(RealFiles(), folder)[-1]).open("ab") as file:
        file.write(b"half a batch" * 5_000)
    filler = fill(small_disk)

    assert open_store(folder).append(VM, events("b"), expected=1).revision == 2
    assert not (folder / "reserve").exists()
    filler.unlink()
    open_store(folder).append(VM, events("c"), expected=2)
    assert (folder / "reserve").exists()
    assert open_store(folder).check().tails_set_aside == 1
    assert open_store(folder).check().is_ok
