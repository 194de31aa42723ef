"""The signs we draw with. Every sign stands beside a word that says the same."""

from msgspec import Struct


class Glyphs(Struct, frozen=True):
    """One set of signs; all of them are one cell wide."""

    snapshot: str
    now: str
    disk: str
    active: str
    waiting: str
    question: str
    missing: str
    lane: str
    branch: str
    arrow: str
    back: str
    more: str
    rule: str


UNICODE = Glyphs(
    snapshot="●",
    now="◆",
    disk="■",
    active="▣",
    waiting="○",
    question="?",
    missing="x",
    lane="│ ",
    branch="├─",
    arrow="→",
    back="←",
    more="…",
    rule="─",
)
ASCII = Glyphs(
    snapshot="*",
    now="@",
    disk="#",
    active="=",
    waiting="o",
    question="?",
    missing="x",
    lane="| ",
    branch="|-",
    arrow="->",
    back="<-",
    more="~",
    rule="-",
)


def glyphs_for(encoding: str, *, ascii_only: bool) -> Glyphs:
    """Give the signs that a stream of this `encoding` can carry."""
    if ascii_only:
        return ASCII
    try:
        "".join(getattr(UNICODE, name) for name in UNICODE.__struct_fields__).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE
