"""Histories for laws: stories drawn at random, and the same learned late, in part, out of order."""

from collections.abc import Callable, Sequence
from contextlib import suppress

import msgspec
from hypothesis import strategies as st
from msgspec.structs import replace

from eventstore.entry import Recorded
from eventstore.errors import Refused
from eventstore.events import DiskCloned, DiskLost, DiskMoved, DiskWritten
from tests.story import Story, disk

NAMES = ("S1", "S2", "S3", "S4")

Deed = Callable[[Story], object]

_DEEDS: tuple[Deed, ...] = (
    Story.start,
    Story.shut_down,
    Story.turn_off,
    Story.save,
    Story.pause,
    Story.resume,
    Story.revert,
    Story.hold_merges,
    Story.finish_merges,
    Story.fail_merge,
    lambda story: story.detach("IDE 0:1"),
    lambda story: story.attach("IDE 1:0", "late.vhd"),
    lambda story: story.by_hand(DiskWritten(disk("web01.vhd"))),
    lambda story: story.by_hand(DiskCloned(disk("linked.vhd"), disk("web01.vhd"))),
    lambda story: story.by_hand(DiskLost(disk("after-S2.avhd"))),
    lambda story: story.by_hand(DiskMoved(disk("after-S1.avhd"), disk("elsewhere.avhd"))),
    lambda story: story.vm("db01", "db01.vhd"),
    lambda story: story.vm("web01"),
)


def _on(name: str) -> tuple[Deed, ...]:
    return (
        lambda story: story.take(name),
        lambda story: story.apply(name),
        lambda story: story.delete(name),
        lambda story: story.delete_subtree(name),
        lambda story: story.rename(name, f"{name} again"),
    )


DEEDS = (*_DEEDS, *(deed for name in NAMES for deed in _on(name)))

_OFTEN = tuple(deed for name in NAMES for deed in _on(name)[:3])


def told(happening: Sequence[Deed], by: type[Story] = Story) -> Story:
    """Tell the story of web01, leaving out what the rules refuse."""
    story = by().vm("web01", "web01.vhd", "data.vhd")
    for deed in happening:
        try_to(story, deed)
    return story


def try_to(story: Story, deed: Deed) -> None:
    with suppress(Refused):
        deed(story)


deeds = st.lists(st.sampled_from(DEEDS + _OFTEN), max_size=14)
stories = deeds.map(told)


def learned(recorded: Sequence[Recorded], order: Sequence[int]) -> tuple[Recorded, ...]:
    """Give the entries at the places `order` of a history, learned one by one in that order."""
    return tuple(
        replace(recorded[place], position=position, batch=(position, position))
        for position, place in enumerate(order, start=1)
    )


@st.composite
def late_histories(draw: st.DrawFn) -> tuple[Recorded, ...]:
    """Draw a history of which some entries are unknown and the others come in any order."""
    story = draw(stories)
    places = st.lists(st.sampled_from(range(len(story.recorded))), unique=True)
    return learned(story.recorded, draw(places))


def as_json(answer: object) -> object:
    """Give `answer` as whoever reads `--json` gets it."""
    return msgspec.json.decode(msgspec.json.encode(answer), type=object)
