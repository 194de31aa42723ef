"""What would break without a file: the slices of one list, held against following every link."""

from hypothesis import given
from hypothesis import strategies as st

from projections.breakage import Breakage
from projections.disk_node import DiskGraph
from tests.projections.sightings import graph, record, vhd
from tests.story import Story, disk, key

NAMES = [f"d{number}.vhd" for number in range(8)]
parents = st.lists(st.sampled_from([None, *NAMES]), min_size=len(NAMES), max_size=len(NAMES))


def followed(found: DiskGraph, name: str) -> tuple[str, ...]:
    return tuple(node.path for node in found.descendants(key(name)) if node.exists)


def linked(above: list[str | None]) -> DiskGraph:
    disks = [vhd(name, parent) for name, parent in zip(NAMES, above, strict=True) if parent != name]
    return graph(record(Story(), *disks))


@given(parents)
def test_it_is_what_following_every_link_gives(above: list[str | None]) -> None:
    found = linked(above)
    breakage = Breakage(found)

    for node in found.nodes:
        assert breakage.of(node) == followed(found, node)


def test_nearest_come_first() -> None:
    found = linked([None, "d0.vhd", "d1.vhd", "d0.vhd", "d3.vhd", "d1.vhd", None, None])

    assert Breakage(found).of(key("d0.vhd")) == tuple(
        map(disk, ("d1.vhd", "d3.vhd", "d2.vhd", "d5.vhd", "d4.vhd"))
    )


def test_a_file_below_two_others_breaks_with_either_and_is_named_once() -> None:
    """History says one parent, the header another: both count."""
    story = Story().vm("web01", "base.vhd", "data.vhd").take("S")
    record(story, vhd("base.vhd"), vhd("data.vhd"), vhd("after-S.avhd", "data.vhd"))
    breakage = Breakage(graph(story))

    assert disk("after-S.avhd") in breakage.of(key("base.vhd"))
    assert breakage.of(key("data.vhd")).count(disk("after-S.avhd")) == 1
