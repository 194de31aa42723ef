r"""Which Windows folders a walk covers: only in what it came through can anything be missing.

`{"D:\\": "D"}` makes `/case/D` the whole of `D:\`, whether or not a disk is left in it. A folder
that is not there, or that stands where no walk came, hides its files and misses none.
"""

from collections.abc import Iterator

from eventstore.evidence.path_map import Mapped, PathMap, is_in, place_key, rooted
from eventstore.paths import folder_of, path_key

FOLDERS_CHARACTERS_MAX = 100_000
"""One event must fit into a batch of the log; mapped folders beyond this count as not covered."""


class Ground:
    """Holds what a walk meets against the folders and files that its map names."""

    def __init__(self, mapping: PathMap) -> None:
        self._mapping = mapping
        self._places = {place_key(pair.found) for pair in mapping.pairs}
        self._met: set[str] = set()

    def met(self, place: str) -> None:
        """Hear of a folder that was entered, or of a file."""
        key = place_key(place.rstrip("/\\"))
        if key in self._places:
            self._met.add(key)

    def covered(self) -> tuple[tuple[str, str], ...]:
        """Give the mapped folders that the walk came through: the place, the Windows path.

        What lies where its folder does, under a name that could not stand as it is, needs no word.
        """
        given: list[tuple[str, str]] = []
        room = FOLDERS_CHARACTERS_MAX
        for pair in self._mapping.pairs:
            if self._is_met(pair) and not self._is_in_place(pair):
                room -= len(pair.found) + len(pair.windows)
                if room < 0:
                    break
                given.append((pair.found, rooted(pair.windows)))
        return tuple(given)

    def unmet(self, root: str) -> Iterator[Mapped]:
        """Give what lies in a covered folder by its name and, by the map, where no walk came."""
        above = (self._mapping.windows(root), *(windows for _, windows in self.covered()))
        keys = [path_key(folder) for folder in above]
        for pair in self._mapping.pairs:
            if not (self._is_met(pair) or self._is_in_place(pair)) and any(
                is_in(path_key(pair.windows), key) for key in keys
            ):
                yield pair

    def _is_met(self, pair: Mapped) -> bool:
        """Tell whether the walk came there, and calls what it found by this name."""
        name = path_key(self._mapping.windows(pair.found))
        return name == path_key(rooted(pair.windows)) and place_key(pair.found) in self._met

    def _is_in_place(self, pair: Mapped) -> bool:
        folder = self._mapping.windows(folder_of(pair.found))
        return path_key(folder) == path_key(folder_of(rooted(pair.windows)))
