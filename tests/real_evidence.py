"""Where the real sample files stand, for tests that read them; they never enter the repository."""

import bz2
import gzip
from pathlib import Path

import pytest

_FOLDER = Path(__file__).resolve().parents[2] / "shared" / "evidence"

EVIDENCE: Path | None = _FOLDER if _FOLDER.is_dir() else None
"""The folder `../shared/evidence` beside the checkout, None on a machine without it."""

needs_real_evidence = pytest.mark.skipif(
    EVIDENCE is None, reason="no ../shared/evidence beside the checkout"
)


def unpacked(folder: Path) -> Path:
    """Copy every real sample below `folder`, the compressed ones unpacked; give `folder`."""
    if EVIDENCE is None:
        pytest.skip("no ../shared/evidence beside the checkout")
    for source in sorted(path for path in EVIDENCE.rglob("*") if path.is_file()):
        target = folder / source.relative_to(EVIDENCE)
        target.parent.mkdir(parents=True, exist_ok=True)
        match source.suffix:
            case ".gz":
                target.with_suffix("").write_bytes(gzip.decompress(source.read_bytes()))
            case ".bz2":
                target.with_suffix("").write_bytes(bz2.decompress(source.read_bytes()))
            case _:
                target.write_bytes(source.read_bytes())
    return folder
