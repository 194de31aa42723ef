"""Sizes for people: `40.0 KB`, with the letters that Windows shows (1 KB = 1024 bytes)."""

_UNITS = ("bytes", "KB", "MB", "GB", "TB", "PB")


def size_text(size_bytes: int) -> str:
    """Give a size in the largest unit that leaves at least one."""
    size, unit = float(size_bytes), 0
    while size >= 1024 and unit + 1 < len(_UNITS):  # noqa: PLR2004 - what a KB is
        size, unit = size / 1024, unit + 1
    return f"{size_bytes:,} bytes" if unit == 0 else f"{size:,.1f} {_UNITS[unit]}"
