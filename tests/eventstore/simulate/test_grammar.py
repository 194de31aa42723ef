"""Every verb of the scenario language, and what is said of words it does not know."""

import pytest

from eventstore.errors import BadInput
from eventstore.simulate.grammar import SHAPES, Deed, Shape, parse, usage
from eventstore.simulate.words import words

GUID = "5A1E0000-2010-4926-8000-000000000001"


def understood(line: str) -> Deed:
    return parse(words(line))


@pytest.mark.parametrize(
    ("line", "deed"),
    [
        ("at 2010-09-26T15:03:00+09:00", Deed("at", ("2010-09-26T15:03:00+09:00",))),
        (
            rf"vm web01 policy=live merge-on-save=no id={GUID.lower()} C:\a.vhdx D:\b.vhdx",
            Deed(
                "vm",
                ("web01",),
                disks=(r"C:\a.vhdx", r"D:\b.vhdx"),
                policy="live",
                merge_on_save=False,
                id=GUID,
            ),
        ),
        (r"vm web01 C:\a=b.vhd", Deed("vm", ("web01",), disks=(r"C:\a=b.vhd",))),
        ("start web01", Deed("start", ("web01",))),
        ("take web01 S1 production", Deed("take", ("web01", "S1"), production=True)),
        ("take web01 production", Deed("take", ("web01", "production"))),
        (
            r'take web01 S1 as="ide 0:0"=C:\x.avhd as="SCSI 0:1"=C:\y.avhd',
            Deed(
                "take",
                ("web01", "S1"),
                paths={"IDE 0:0": r"C:\x.avhd", "SCSI 0:1": r"C:\y.avhd"},
            ),
        ),
        (
            r'apply web01 S1 "as=IDE 0:0=C:\x.avhd"',
            Deed("apply", ("web01", "S1"), paths={"IDE 0:0": r"C:\x.avhd"}),
        ),
        ("take-and-apply web01 new S1", Deed("take-and-apply", ("web01", "new", "S1"))),
        ("revert web01", Deed("revert", ("web01",))),
        ("rename web01 old new", Deed("rename", ("web01", "old", "new"))),
        ("delete web01 S1", Deed("delete", ("web01", "S1"))),
        ("delete-subtree web01 S1", Deed("delete-subtree", ("web01", "S1"))),
        (r'attach web01 "SCSI 0:0" E:\x.vhd', Deed("attach", ("web01", "SCSI 0:0", r"E:\x.vhd"))),
        ('detach web01 "SCSI 0:0"', Deed("detach", ("web01", "SCSI 0:0"))),
        ("fail-merge web01 0x80070070", Deed("fail-merge", ("web01", "0x80070070"))),
        (r"clone-disk C:\c.vhd C:\p.vhd", Deed("clone-disk", (r"C:\c.vhd", r"C:\p.vhd"))),
        (r"merge-vhd C:\c.vhd C:\p.vhd", Deed("merge-vhd", (r"C:\c.vhd", r"C:\p.vhd"))),
        (r"lose C:\c.vhd", Deed("lose", (r"C:\c.vhd",))),
        (r"write /mnt/c.vhd", Deed("write", ("/mnt/c.vhd",))),
        (r"move C:\c.vhd D:\c.vhd", Deed("move", (r"C:\c.vhd", r"D:\c.vhd"))),
        (r"copy C:\c.vhd D:\c.vhd", Deed("copy", (r"C:\c.vhd", r"D:\c.vhd"))),
        ("free C: 1024", Deed("free", ("C:", "1024"))),
    ],
)
def test_a_line_is_understood(line: str, deed: Deed) -> None:
    assert understood(line) == deed


@pytest.mark.parametrize(
    "verb",
    [verb for verb, shape in SHAPES.items() if shape == Shape(("VM",))],
)
def test_a_verb_of_the_vm_alone_takes_the_vm_alone(verb: str) -> None:
    assert understood(f"{verb} web01") == Deed(verb, ("web01",))
    with pytest.raises(BadInput, match="'now' is too much; expected: " + verb + " VM"):
        understood(f"{verb} web01 now")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("strat web01", "'strat' is no command; did you mean 'start'?"),
        ("xyzzy", "'xyzzy' is no command"),
        ("take web01", "take needs NAME; expected: take VM NAME [production] [id=GUID]"),
        ("vm web01 polcy=live", "vm has no option 'polcy'; did you mean 'policy'?"),
        ("vm web01 policy=warm", "policy=warm: expected offline or live"),
        ("vm web01 merge-on-save=true", "merge-on-save=true: expected yes or no"),
        ("vm web01 id=7", "'7' is no GUID"),
        ("vm web01 web01.vhd", r"'web01.vhd' is no full path; expected one like C:\VMs\web01.vhd"),
        ("vm web01 /VMs/web01.vhd", "'/VMs/web01.vhd' is no Windows path"),
        (r"vm web01 C:\..\web01.vhd", r"'C:\..\web01.vhd' is no full path"),
        (r"vm web01 C:\web?.vhd", "no Windows name holds '?'"),
        (r"vm web01 C:\web01.iso", r"'C:\web01.iso' is no disk; expected a name in .vhd"),
        ("vm web01 C:\\" + 252 * "x" + ".vhd", "has more than 255 characters"),
        ("take web01 S1 as=C:", "'as=C:' names no path; expected as=SLOT=PATH"),
        ("take web01 S1 producton", "'producton' is too much"),
        ("fail-merge web01 70", "'70' is no HRESULT; expected one like 0x80070070"),
        ("free C: -1", "'-1' is no number of bytes"),
        ("free C: ٣", "'٣' is no number of bytes"),
    ],
)
def test_what_is_not_understood_is_told_with_what_was_expected(line: str, said: str) -> None:
    with pytest.raises(BadInput) as told:
        understood(line)

    assert said in str(told.value)


def test_every_verb_has_a_line_that_shows_its_use() -> None:
    assert usage("vm") == ("vm NAME [policy=offline|live] [merge-on-save=yes|no] [id=GUID] [DISK…]")
    assert all(usage(verb).startswith(verb) for verb in SHAPES)
