"""What changed in a state, written and put into the state before, gives the state after."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from eventstore.events import DiskCloned, DiskLost, DiskWritten
from eventstore.fleet import Fleet
from eventstore.keyframe_parts import NOTHING, load, mark, written
from eventstore.keyframes import FleetState
from eventstore.machine import When
from eventstore.moments import later
from tests.story import START, disk

FILES = [disk(f"{name}.vhd") for name in "abcd"]
deeds = st.lists(
    st.sampled_from(FILES).flatmap(
        lambda path: st.sampled_from(
            [DiskCloned(path, disk("base.vhd")), DiskLost(path), DiskWritten(path)]
        )
    ),
    max_size=12,
)


def go_on(state: FleetState, happening: list[DiskCloned | DiskLost | DiskWritten]) -> None:
    first = state.fleet.last.position if state.fleet.last else 0
    for position, event in enumerate(happening, first + 1):
        state.fleet.evolve("host/h", event, When(later(START, minutes=position), position))


def by_name(parts: Iterable[tuple[str, str, bytes]]) -> dict[str, tuple[str, bytes]]:
    return {name: (program, part) for name, program, part in parts}


def loaded(*changes: dict[str, tuple[str, bytes]]) -> Fleet:
    state = FleetState()
    for change in changes:
        load(state, "fleet", change["fleet"][1])
    return state.fleet


@given(deeds, deeds)
def test_a_whole_state_and_its_changes_give_the_state_in_the_same_order(
    before: list[DiskCloned | DiskLost | DiskWritten],
    after: list[DiskCloned | DiskLost | DiskWritten],
) -> None:
    state = FleetState()
    go_on(state, before)
    whole, held = by_name(written(state, NOTHING)), mark(state)
    go_on(state, after)
    found = loaded(whole, by_name(written(state, held)))

    assert found == state.fleet == loaded(by_name(written(state, NOTHING)))
    assert list(found.loose) == list(state.fleet.loose)
    assert list(found.lost) == list(state.fleet.lost)


def test_what_did_not_change_is_not_written_again() -> None:
    state = FleetState()
    go_on(state, [DiskCloned(path, disk("base.vhd")) for path in FILES])
    whole, held = by_name(written(state, NOTHING)), mark(state)
    go_on(state, [DiskWritten(FILES[0])])
    change = by_name(written(state, held))["fleet"][1]

    assert len(change) < len(whole["fleet"][1]) / 2
    assert FILES[1].encode() not in change
