"""Where the store lies when nobody says so."""

import sys
from collections.abc import Mapping
from pathlib import Path

from eventstore.errors import BadInput

VARIABLE = "SNAPLEDGER_STORE"


def store_place(chosen: str | None, environment: Mapping[str, str]) -> Path:
    """Give `--store`, else `$SNAPLEDGER_STORE`, else a folder in the user's data folder."""
    if chosen == "":
        raise BadInput("--store is empty; expected a folder")
    named = chosen or environment.get(VARIABLE)
    return Path(named) if named else _data_folder(environment) / "snapledger"


def is_chosen(chosen: str | None, environment: Mapping[str, str]) -> bool:
    """Tell whether somebody named the store, rather than nobody."""
    return bool(chosen or environment.get(VARIABLE))


def _data_folder(environment: Mapping[str, str]) -> Path:
    try:
        home = Path.home()
    except RuntimeError:
        raise BadInput(
            f"this user has no home folder; name a store with --store or ${VARIABLE}"
        ) from None
    if sys.platform == "win32":
        local = environment.get("LOCALAPPDATA")
        return Path(local) if local else home / "AppData" / "Local"
    elif sys.platform == "darwin":  # noqa: RET505 - mypy reads one branch per platform
        return home / "Library" / "Application Support"
    else:
        # The XDG specification asks to ignore a path that is not absolute.
        data = Path(environment.get("XDG_DATA_HOME", ""))
        return data if data.is_absolute() else home / ".local" / "share"
