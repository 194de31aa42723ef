"""A verifier that shares nothing with us but the README: json and hashlib."""

import hashlib
import json
from pathlib import Path

from eventstore.log.files import RealFiles
from tests.eventstore.log.history import events, small_store
from tests.eventstore.log.test_line import GOLDEN


def verify(segments: list[Path]) -> int:
    position, last = 0, dict[tuple[str, str], tuple[int, str]]()
    for segment in segments:
        assert segment.name == f"{position + 1:020d}.ndjson"
        for line in segment.read_bytes().splitlines(keepends=True):
            body, _, rest = line.rpartition(b',"digest":"')
            digest = hashlib.sha256(body).hexdigest()
            assert rest == digest.encode() + b'"}\n'
            envelope = json.loads(line)
            position += 1
            assert envelope["position"] == position
            assert envelope["batch"][0] <= position <= envelope["batch"][1]
            assert envelope["synced"] < envelope["batch"][0]
            entry = envelope["entry"]
            name = (entry["origin"], entry["stream"])
            first = hashlib.sha256("".join(name).encode()).hexdigest()
            revision, prev = last.get(name, (0, first))
            assert (entry["revision"], entry["prev"]) == (revision + 1, prev)
            exact = body[body.index(b'"entry":') + 8 :]
            assert json.loads(exact) == entry
            last[name] = (entry["revision"], hashlib.sha256(exact).hexdigest())
    return position


def test_thirty_lines_of_anybodys_code_verify_a_log(tmp_path: Path) -> None:
    log = small_store(tmp_path / "store", RealFiles())
    for number in range(60):
        log.append(f"vm/{number % 3}", events(f"{number}é", f"{number}b"), expected=number // 3 * 2)
    segments = sorted((tmp_path / "store" / "log").glob("*.ndjson"))

    assert len(segments) > 3
    assert verify(segments) == log.head() == 120


def test_thirty_lines_of_anybodys_code_verify_the_golden_log(tmp_path: Path) -> None:
    (tmp_path / f"{1:020d}.ndjson").write_bytes(GOLDEN.read_bytes())

    assert verify(list(tmp_path.iterdir())) == 4
