"""Files beside disks as the walk found them: known by their names, and taken for what they say."""

import os
from typing import BinaryIO

from msgspec import Struct

from eventstore.events import SideFileSeen, SideKind
from eventstore.evidence.found_disk import moment_of_nanoseconds
from eventstore.moments import Moment
from eventstore.side_files import kind_of


class FoundSideFile(Struct, frozen=True):
    """A file that is called like a side file; its content is nobody's secret and not read."""

    found_at: str
    path: str
    kind: SideKind
    size_bytes: int
    modified_at: Moment
    has_saved_state: bool | None = None

    def event(self) -> SideFileSeen:
        return SideFileSeen(
            path=self.path,
            found_at=self.found_at,
            kind=self.kind,
            size_bytes=self.size_bytes,
            modified_at=self.modified_at,
            has_saved_state=self.has_saved_state,
        )


def examine_side(
    file: BinaryIO, found_at: str, path: str, *, has_saved_state: bool | None
) -> FoundSideFile | None:
    """Look at the size and time of an open file, None when it is called otherwise."""
    kind = kind_of(found_at) or kind_of(path)
    if kind is None:
        return None
    status = os.fstat(file.fileno())
    return FoundSideFile(
        found_at=found_at,
        path=path,
        kind=kind,
        size_bytes=status.st_size,
        modified_at=moment_of_nanoseconds(status.st_mtime_ns),
        has_saved_state=has_saved_state if kind == "runtime_state" else None,
    )
