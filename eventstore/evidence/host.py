"""Whose evidence it is: the host's name keeps the same place on two hosts apart."""

import platform

from eventstore.errors import BadInput
from eventstore.ids import derive
from eventstore.text import storable


def host_id(name: str | None = None) -> str:
    """Give the host that was named, else a GUID that follows from this machine's own name.

    Raises BadInput for a name without a letter.
    """
    if name is None:
        return derive("host", platform.node().casefold())
    if not name.strip():
        raise BadInput(f"expected the name of a host, got {name!r}")
    return storable(name.strip())
