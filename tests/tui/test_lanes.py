"""Trees in lanes: chains stay straight, siblings keep their order, nothing is drawn twice."""

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from tui.render.glyphs import ASCII, UNICODE, Glyphs, glyphs_for
from tui.render.lanes import rows, trunk_last


def drawn(tree: Mapping[str, Sequence[str]], *roots: str, glyphs: Glyphs = UNICODE) -> list[str]:
    return [
        f"{row.graph(glyphs.snapshot, glyphs)} {row.node}"
        for row in rows(roots, lambda node: tree.get(node, ()))
    ]


def test_a_chain_is_a_straight_line() -> None:
    assert drawn({"1": "2", "2": "3"}, "1") == ["● 1", "● 2", "● 3"]


def test_the_last_child_goes_on_and_the_others_branch_off() -> None:
    tree = {"1": ["1-1", "1-2", "1-3"], "1-1": ["1-1-1"], "1-3": ["Now"]}

    assert drawn(tree, "1") == [
        "● 1",
        "├─● 1-1",
        "│ ● 1-1-1",
        "├─● 1-2",
        "● 1-3",
        "● Now",
    ]


def test_the_child_that_leads_to_now_is_drawn_last() -> None:
    below: dict[str | None, list[str]] = {None: ["1", "2"], "1": ["a", "b", "c"], "a": ["Now", "z"]}

    assert trunk_last(below, ["Now"]) == {
        None: ["2", "1"],
        "1": ["b", "c", "a"],
        "a": ["z", "Now"],
    }


def test_a_trunk_in_a_circle_ends() -> None:
    assert trunk_last({"a": ["b"], "b": ["a"]}, ["a"]) == {"a": ["b"], "b": ["a"]}


def test_a_branch_may_branch() -> None:
    tree = {"1": ["a", "z"], "a": ["b", "y"], "b": ["c"]}

    assert drawn(tree, "1", glyphs=ASCII) == ["* 1", "|-* a", "| |-* b", "| | * c", "| * y", "* z"]


def test_roots_are_told_from_children() -> None:
    found = rows("ab", lambda node: "c" if node == "a" else "")

    assert [row.is_root for row in found] == [True, False, True]


def test_a_circle_ends() -> None:
    assert drawn({"a": "b", "b": "a"}, "a") == ["● a", "● b"]


def test_a_deep_chain_needs_no_deep_stack() -> None:
    tree = {str(number): [str(number + 1)] for number in range(5_000)}

    assert {len(line) - len(line.lstrip("│ ")) for line in drawn(tree, "0")} == {0}


@given(st.lists(st.integers(0, 30), max_size=30))
def test_every_node_is_drawn_once_below_its_parent(parents: list[int]) -> None:
    below: dict[int, list[int]] = {}
    for node, parent in enumerate(parents, start=1):
        below.setdefault(min(parent, node - 1), []).append(node)
    order = [row.node for row in rows([0], lambda node: below.get(node, []))]

    assert sorted(order) == list(range(len(parents) + 1))
    assert all(
        order.index(child) > order.index(parent)
        for parent, children in below.items()
        for child in children
    )


def test_signs_that_the_encoding_lacks_become_ascii() -> None:
    assert glyphs_for("ascii", ascii_only=False) is ASCII
    assert glyphs_for("utf-8", ascii_only=True) is ASCII
    assert glyphs_for("utf-8", ascii_only=False) is UNICODE
