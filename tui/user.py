"""Who records: the user of the operating system, on this machine, with this version."""

import getpass
import platform
from importlib.metadata import PackageNotFoundError, version
from uuid import uuid4

from eventstore.simulate.player import By
from eventstore.text import storable


def by_this_user() -> By:
    """Say who plays, and that this run is none other."""
    return By(_user(), recorder(), run=uuid4().hex)


def recorder() -> str:
    """Give user, machine and version, as entries keep it."""
    machine = storable(platform.node()) or "unknown machine"
    return f"{_user()} at {machine}, snapledger {program_version()}"


def program_version() -> str:
    try:
        return version("snapledger")
    except PackageNotFoundError:
        return "(not installed)"


def _user() -> str:
    try:
        return storable(getpass.getuser())
    except (KeyError, OSError, ImportError):
        return "unknown user"  # a container's user may have no name
