"""Each screen as it was approved, as text: SNAPLEDGER_APPROVE=1 writes what is shown now."""

import os
import re
from pathlib import Path

import pytest

from tests.tui.browser.driving import Looks, browse, store_of
from tui.render.glyphs import ASCII
from tui.render.look import Look

GOLDEN = Path(__file__).parents[2] / "golden" / "browser"
RIDDLE = """\
vm riddle C:\\VMs\\base.vhd
start riddle
take riddle "更新前"
take riddle "S2"
apply riddle "更新前"
take riddle "S3"
delete riddle "更新前"
lose C:\\VMs\\base.vhd
"""


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_screens_are_as_approved(size: tuple[int, int], tmp_path: Path) -> None:
    looks = Looks()
    log = store_of(tmp_path / "store", RIDDLE)
    browse(
        log,
        looks,
        *["up"] * 2,
        looks,
        "f4",
        looks,
        "f6",
        looks,
        "f7",
        *["down"] * 6,
        looks,
        size=size,
    )

    names = ("now", "past", "findings", "diff", "whatif")
    for name, seen in zip(names, looks.seen, strict=True):
        _compare(f"{name}-{size[0]}x{size[1]}", str(seen))


def test_without_unicode_the_signs_are_ascii(tmp_path: Path) -> None:
    log = store_of(tmp_path / "store", RIDDLE.replace("更新前", "S1"))
    seen = browse(log, size=(80, 24), look=Look(glyphs=ASCII))

    _compare("ascii-80x24", str(seen))
    assert str(seen).isascii()


def _compare(name: str, shown: str) -> None:
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("SNAPLEDGER_APPROVE"):
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


def test_the_screen_in_the_readme_is_what_the_browser_shows(tmp_path: Path) -> None:
    readme = (GOLDEN.parents[2] / "README.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- scenario -->\n```text\n(.*?)```", readme, re.DOTALL)
    shown = re.search(r"<!-- screen: browse -->\n```text\n(.*?)```", readme, re.DOTALL)
    assert found
    assert shown
    log = store_of(tmp_path / "store", found[1])

    seen = browse(log, *["up"] * 5, size=(100, 32), look=Look(has_colour=True))

    assert str(seen) == shown[1]
