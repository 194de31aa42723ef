"""The time zone in which times without offset are read, and in which all times are shown."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from eventstore.errors import BadInput

_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_DAY_MINUTES = 24 * 60


VARIABLE = "SNAPLEDGER_TZ"


def time_zone(chosen: str | None, environment: Mapping[str, str]) -> tzinfo:
    """Read `--tz`, else `$SNAPLEDGER_TZ`, else UTC: `UTC`, `local`, `+09:00` or `Asia/Tokyo`."""
    named = environment.get(VARIABLE)
    if chosen is not None or not named:
        return _zone("--tz", chosen if chosen is not None else "UTC")
    return _zone(f"${VARIABLE}", named)


def _zone(said_by: str, text: str) -> tzinfo:
    if text.upper() in {"UTC", "Z"}:
        return UTC
    if text == "local":
        return datetime.now().astimezone().tzinfo or UTC
    if found := _OFFSET.fullmatch(text):
        minutes = int(found[2]) * 60 + int(found[3])
        if minutes < _DAY_MINUTES:
            return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(
            f"{said_by} {text}: no such time zone here; expected UTC, local, an offset like "
            "+09:00, or a name like Asia/Tokyo"
        ) from None
