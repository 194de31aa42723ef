"""What later walks found as it was before holds on, whatever evidence comes late."""

from collections.abc import Iterable

from eventstore.codec import encode
from eventstore.entry import Entry, Recorded, Source
from eventstore.events import DiskGone, DiskSeen, Event, FolderRead
from eventstore.ids import derive, folder_stream
from eventstore.machine import when_of
from eventstore.moments import Moment
from eventstore.observe import Observed
from eventstore.still_so import still_so

HOST, ROOT = "HV01", "/case"
STREAM = folder_stream(HOST, ROOT)
PATH, FOUND = "C:\\VMs\\a.vhd", "/case/a.vhd"


def day(number: int) -> Moment:
    return Moment(f"2026-01-{number:02}T00:00:00.000000Z")


def disk(content: str) -> DiskSeen:
    return DiskSeen(PATH, FOUND, 1, day(1), derive(content))


def walk(*unread: tuple[str, str], host: str = HOST) -> tuple[Event, str]:
    return FolderRead(host, ROOT, "C:\\VMs", 1, 1, 0, unread), host


def log(*told: tuple[int, Event | tuple[Event, str]]) -> list[Recorded]:
    entries = []
    for position, (at, what) in enumerate(told, start=1):
        event, host = what if isinstance(what, tuple) else (what, HOST)
        new = encode(event, event_id=derive(position), occurred_at=day(at))
        source = Source("evidence", host=host)
        entry = Entry("o", STREAM, position, new.id, new.type, day(at), None, source, new.data, "")
        entries.append(Recorded(position, day(at), (position, position), 0, entry, ""))
    return sorted(entries, key=when_of)


def again(entries: Iterable[Recorded], late: DiskSeen | DiskGone, at: int) -> list[tuple[str, str]]:
    """Give what is stored again for what comes late, by type and day."""
    source = Source("evidence", host=HOST)
    news = (Observed(STREAM, late, derive("late"), day(at), source),)
    found = still_so(entries, news, host=HOST, by="me")
    return [(type(each.event).__name__, each.occurred_at[8:10]) for each in found]


def test_a_walk_that_found_the_file_as_before_has_it_told_again() -> None:
    entries = log((1, disk("a")), (1, walk()), (9, walk()))

    assert again(entries, disk("b"), 5) == [("DiskSeen", "09")]
    assert again(entries, DiskGone(PATH, FOUND), 5) == [("DiskSeen", "09")]


def test_a_walk_that_never_found_it_has_it_gone_again() -> None:
    assert again(log((9, walk())), disk("b"), 5) == [("DiskGone", "09")]


def test_only_the_first_walk_after_it_has_anything_to_tell() -> None:
    entries = log((1, disk("a")), (1, walk()), (8, walk()), (9, walk()))

    assert again(entries, disk("b"), 5) == [("DiskSeen", "08")]


def test_what_was_known_before_and_after_as_it_comes_changes_nothing() -> None:
    assert again(log((1, disk("a")), (1, walk()), (9, walk())), disk("a"), 5) == []


def test_a_walk_that_told_of_it_itself_says_no_more() -> None:
    assert again(log((9, disk("c")), (9, walk())), disk("b"), 5) == []


def test_a_walk_that_could_not_look_there_says_nothing() -> None:
    entries = log((1, disk("a")), (1, walk()), (9, walk(("C:\\VMs", "denied"))))

    assert again(entries, disk("b"), 5) == []


def test_a_walk_of_another_host_says_nothing() -> None:
    assert again(log((9, walk(host="HV02"))), disk("b"), 5) == []


def test_a_walk_before_it_says_nothing() -> None:
    assert again(log((1, disk("a")), (1, walk()), (4, walk())), disk("b"), 5) == []
