"""Whose evidence it is: the host's name keeps the same place on two hosts apart."""

import os
import platform

from eventstore.errors import BadInput
from eventstore.hosts import is_local
from eventstore.ids import derive
from eventstore.text import storable


def host_id(name: str | None = None) -> str:
    """Give the host that was named, else a GUID that follows from this machine's own name.

    Raises BadInput for what cannot be a host's name in a path.
    """
    if name is None:
        return derive("host", platform.node().casefold())
    called = name.strip()
    # `\\.\` and `\\?\` are no servers; what is not seen would make two of one.
    if called[:1] in {"", ".", "?"} or not called.isprintable() or {"\\", "/"} & {*called}:
        raise BadInput(f"expected the name of a host, got {name!r}")
    return storable(called)


def own_name(host: str, root: str, *, is_mapped: bool) -> str:
    """Give this machine's name instead of its GUID where its own files are read, on Windows."""
    is_own = os.name == "nt" and not is_mapped and is_local(root) and host == host_id()
    return (storable(platform.node()) if is_own else "") or host
