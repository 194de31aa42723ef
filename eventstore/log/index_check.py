"""Whether the index on disk says of the log what the log says.

It is a cache: what differs costs time and changes no answer, so that it is told and no violation.
"""

import sys
from array import array
from collections.abc import Mapping
from pathlib import Path

from eventstore.log.files import Files
from eventstore.log.index import INDEX, LINK, Index, load_index
from eventstore.log.index_table import IndexDoubtful


class IndexCheck:
    """Holds the index against what intact segments amount to; `problem` is empty if it agrees."""

    def __init__(self, files: Files, folder: Path) -> None:
        self.problem = ""
        self._files = files
        self._path = folder / INDEX / "links"
        self._last = 0
        if files.size(folder / INDEX / "manifest") is None:
            return
        index = load_index(files, folder)
        while index:
            doubt, check = _doubt_of(index), index.check
            if not doubt:
                self._last = index.place.position
                return
            index = load_index(files, folder)
            if index and index.check == check:
                self.problem = f"the index is damaged: {doubt}"
                return  # else a writer went on while it was read
        self.problem = "index/manifest is damaged, of another log or of another version"

    def hold(self, first: int, links: bytes, before: Mapping[int, int]) -> None:
        """Hold the links of the entries from position `first` on against the index.

        `before` tells of the first entries of each stream here where the one before them stands.
        """
        size = min(len(links), (self._last + 1 - first) * LINK.size)
        if size <= 0 or self.problem:
            return
        expected = array("Q", links)
        for position, previous in before.items():
            expected[3 * (position - first) + 2] = previous
        if sys.byteorder == "big":
            expected.byteswap()
        try:
            found = self._files.read(self._path, (first - 1) * LINK.size, size)
        except OSError as error:
            self.problem = f"index/links cannot be read: {error}"
            return
        if found != expected.tobytes()[:size]:
            self.problem = f"index/links is wrong about entries from {first} on"


def _doubt_of(index: Index) -> str:
    try:
        index.read_whole()
    except IndexDoubtful as doubt:
        return str(doubt)
    return ""


def links_of(segment: int, ends: "array[int]", previous: "array[int]") -> bytes:
    """Give the links of a segment's entries, three numbers each: segment, end, entry before."""
    links = array("Q", bytes(LINK.size * len(ends)))
    links[0::3] = array("Q", [segment]) * len(ends)
    links[1::3] = ends
    links[2::3] = previous
    return links.tobytes()
