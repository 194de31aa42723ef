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


def _data_folder(environment: Mapping[str, str]) -> Path:
    try:
        if sys.platform == "win32":
            local = environment.get("LOCALAPPDATA")
            return Path(local) if local else Path.home() / "AppData" / "Local"
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Application Support"
        data = environment.get("XDG_DATA_HOME", "")
        # The XDG specification asks to ignore a path that is not absolute.
        return Path(data) if Path(data).is_absolute() else Path.home() / ".local" / "share"
    except RuntimeError:
        raise BadInput(
            f"this user has no home folder; name a store with --store or ${VARIABLE}"
        ) from None
