"""The time zone of `--tz`: in which times without offset are read, and all times are shown."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from eventstore.errors import BadInput

_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_DAY_MINUTES = 24 * 60


def time_zone(text: str) -> tzinfo:
    """Read `UTC`, `local`, `+09:00` or `Asia/Tokyo`."""
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
            f"--tz {text}: no such time zone here; expected UTC, local, an offset like +09:00, "
            "or a name like Asia/Tokyo"
        ) from None
