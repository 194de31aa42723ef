"""A scenario: a few lines of what happened to a host, and which of its files nobody needs."""

from msgspec import Struct

from eventstore.paths import PathKey, path_key
from tests.catalogue.world import Truth


class Scenario(Struct, frozen=True):
    """`told` in the lines of `stage.py`; every file not named in the others is needed by somebody.

    `orphans` were left by Hyper-V and hold nothing, `newest` hold later data than what is read in
    their place, `own` are disks and copies of a user that no VM uses. Names as in the lines.
    Where it `is_without_trace`, nothing that was recorded could tell who needs a file: by evidence
    alone it may be called an orphan, and never be called deletable.
    """

    name: str
    told: str
    orphans: str = ""
    newest: str = ""
    own: str = ""
    is_without_trace: bool = False

    @property
    def lines(self) -> list[str]:
        return self.told.strip().splitlines()

    @property
    def not_needed(self) -> dict[PathKey, Truth]:
        """Give the truth of every file that nobody needs, as the scenario states it."""
        stated: tuple[tuple[Truth, str], ...] = (
            ("orphan", self.orphans),
            ("newest", self.newest),
            ("own", self.own),
        )
        return {
            path_key(name if "\\" in name else f"C:\\VMs\\{name}"): truth
            for truth, names in stated
            for name in names.split()
        }
