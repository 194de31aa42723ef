import pytest

from eventstore.text import storable
from projections.powershell_words import can_be_typed, quoted


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("C:\\VMs\\a.vhd", "'C:\\VMs\\a.vhd'"),
        ("C:\\it's.vhd", "'C:\\it''s.vhd'"),
        ('C:\\$(x)`n"y".vhd', "'C:\\$(x)`n\"y\".vhd'"),
        (
            "a\u2018b\u2019c\u201ad\u201be",
            "'a\u2018\u2018b\u2019\u2019c\u201a\u201ad\u201b\u201be'",
        ),
    ],
)
def test_only_what_ends_a_quotation_is_doubled(path: str, word: str) -> None:
    assert quoted(path) == word


@pytest.mark.parametrize("path", ["C:\\経理\u3000サーバー.vhd", "C:\\a b.vhd", "C:\\é.vhd"])
def test_what_can_be_seen_can_be_typed(path: str) -> None:
    assert can_be_typed(path)


@pytest.mark.parametrize(
    "path", ["a\nb", "a\x1bb", "a\u202eb", "a\u200bb", storable("a\ud800b"), "a\u2028b"]
)
def test_what_cannot_be_seen_makes_no_command(path: str) -> None:
    assert not can_be_typed(path)
