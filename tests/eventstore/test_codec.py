"""The stored form of every event is pinned, and older and newer forms are read."""

from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from eventstore.codec import EVENT_TYPES, Unknown, decode, encode
from eventstore.entry import Entry
from eventstore.events import Event, SnapshotRenamed, VmStarted
from eventstore.ids import SnapshotId, derive
from tests.eventstore.every_event import EVERY_EVENT, LATER_FIELDS
from tests.story import START

GOLDEN = Path(__file__).parents[1] / "golden" / "events"


def entry(name: str, data: bytes) -> Entry:
    return Entry("o", "vm/x", 1, derive(name), name, START, None, None, Raw(data), "0" * 64)


def test_every_event_has_an_example() -> None:
    assert {type(event).__name__ for event in EVERY_EVENT} == set(EVENT_TYPES)
    assert len(EVENT_TYPES) == len(get_args(Event))


@pytest.mark.parametrize("event", EVERY_EVENT, ids=lambda event: type(event).__name__)
def test_the_stored_bytes_of_an_event_never_change(event: Event) -> None:
    """A change here is a change of the file format: it needs a new type, not a new golden."""
    stored = (GOLDEN / f"{type(event).__name__}.json").read_bytes()

    assert bytes(encode(event, event_id=derive(1), occurred_at=START).data) + b"\n" == stored
    assert decode(entry(type(event).__name__, stored)) == event


@pytest.mark.parametrize("name", LATER_FIELDS)
def test_the_stored_bytes_of_a_later_field_never_change(name: str) -> None:
    stored, event = (GOLDEN / f"{name}.json").read_bytes(), LATER_FIELDS[name]

    assert bytes(encode(event, event_id=derive(1), occurred_at=START).data) + b"\n" == stored
    assert decode(entry(type(event).__name__, stored)) == event


def test_a_type_of_a_newer_version_is_kept_not_lost() -> None:
    told = decode(entry("SnapshotPainted", b'{"colour":"blue"}'))

    assert told == Unknown("SnapshotPainted", Raw(b'{"colour":"blue"}'))


def test_fields_of_a_newer_version_are_ignored() -> None:
    assert decode(entry("VmStarted", b'{"by_whom":"somebody"}')) == VmStarted()


def test_data_that_does_not_fit_its_type_says_what_is_wrong() -> None:
    told = decode(entry("SnapshotRenamed", b'{"snapshot":"S"}'))

    assert isinstance(told, Unknown)
    assert "missing required field `name`" in told.problem


def test_a_retired_type_is_read_as_what_it_means_today() -> None:
    """The path for a change that a default cannot express: new class, old name retired."""

    def relabelled(data: Raw) -> Event:
        old = msgspec.json.decode(data, type=dict[str, str])
        return SnapshotRenamed(SnapshotId(old["snapshot"]), old["label"])

    told = decode(
        entry("SnapshotLabelled", b'{"snapshot":"S","label":"x"}'),
        retired={"SnapshotLabelled": relabelled},
    )

    assert told == SnapshotRenamed(SnapshotId("S"), "x")


@given(st.one_of([st.from_type(event) for event in get_args(Event)]))
def test_what_is_encoded_decodes_to_the_same(event: Event) -> None:
    new = encode(event, event_id=derive(1), occurred_at=START)

    assert decode(entry(new.type, bytes(new.data))) == event
    assert b"\n" not in bytes(new.data)
