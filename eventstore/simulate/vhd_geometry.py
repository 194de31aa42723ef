"""The cylinders, heads and sectors a VHD's footer claims: BIOS arithmetic of another time.

Source: appendix "CHS Calculation" of Microsoft's VHD specification. Readers of today take the
size field; older ones compute the size from this, so it must be right.
"""

SECTORS_MAX = 65535 * 16 * 255
CYLINDERS_MAX_OF_SMALL = 1024
HEADS_MAX = 16


def geometry(sectors: int) -> int:
    """Give the footer's field: cylinders in the upper 16 bits, then heads, then sectors a track."""
    cylinders, heads, per_track = _shape(min(sectors, SECTORS_MAX))
    return cylinders << 16 | heads << 8 | per_track


def _shape(sectors: int) -> tuple[int, int, int]:
    if sectors >= 65535 * HEADS_MAX * 63:
        return sectors // 255 // HEADS_MAX, HEADS_MAX, 255
    per_track = 17
    heads = max(-(-(sectors // per_track) // CYLINDERS_MAX_OF_SMALL), 4)
    for wider in (31, 63):
        tracks = sectors // per_track
        if tracks < heads * CYLINDERS_MAX_OF_SMALL and heads <= HEADS_MAX:
            break
        per_track, heads = wider, HEADS_MAX
    return sectors // per_track // heads, heads, per_track
