"""Snapshots whose configured parents lead back to themselves are drawn all the same."""

from projections.snapshot_tree import tree_of
from tests.projections.test_snapshot_tree import circling
from tui.render.look import Look
from tui.render.tree import tree_lines


def test_snapshots_whose_parents_run_in_a_circle_are_all_drawn_once_and_say_so() -> None:
    lines = tree_lines(tree_of(circling().machine), Look())

    drawn = [line for line in lines if ".vhd" in line]
    assert [sum(f"{name}.vhd" in line for line in drawn) for name in "ABCD"] == [1, 1, 1, 1]
    assert [name for name in "ABCD" for line in drawn if f" {name} (its parents" in line] == [
        "A",
        "B",
    ]
