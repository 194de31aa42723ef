"""What hands did to files: moved, renamed, copied, overwritten, restored, written."""

from tests.catalogue.scenario import Scenario

SCENARIOS = (
    Scenario(
        "a parent that was moved away",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        ! move L1.avhdx E:\old\L1.avhdx
        """,
    ),
    Scenario(
        "the same, and the history knows",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        move L1.avhdx E:\old\L1.avhdx
        """,
    ),
    Scenario(
        "Now's own VHDX was moved and renamed, and the history does not know",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        ! move L1.avhdx E:\found.avhdx
        """,
    ),
    Scenario(
        "moved by the book, and an older copy put back in its place",
        r"""
        vm web01 base.vhd
        take web01 S1 -> L1.avhd
        ! keep L1.avhd
        ! guest web01
        move L1.avhd E:\moved.avhd
        ! put-back L1.avhd
        """,
        own="L1.avhd",
    ),
    Scenario(
        "Now's own disk was moved away",
        r"""
        vm web01 base.vhd
        take web01 S1 -> L1.avhd
        ! guest web01
        ! move L1.avhd E:\L1.avhd
        """,
    ),
    Scenario(
        "the whole VM was moved to another folder, relative paths hold",
        r"""
        vm web01 policy=live D:\web\base.vhdx
        take web01 S1 -> D:\web\L1.avhdx
        take web01 S2 -> D:\web\L2.avhdx
        ! move D:\web\base.vhdx E:\neu\base.vhdx
        ! move D:\web\L1.avhdx E:\neu\L1.avhdx
        ! move D:\web\L2.avhdx E:\neu\L2.avhdx
        ! spell web01 D:\web\ E:\neu\
        """,
    ),
    Scenario(
        "two disks changed places",
        r"""
        vm web01 policy=live base.vhdx
        vm db01 policy=live other.vhdx
        take web01 S1 -> L1.avhdx
        take db01 T1 -> M1.avhdx
        ! move L1.avhdx swap.avhdx
        ! move M1.avhdx L1.avhdx
        ! move swap.avhdx M1.avhdx
        """,
    ),
    Scenario(
        "a backup copy with the same identity",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        ! copy L1.avhdx E:\backup\L1.avhdx
        """,
        own=r"E:\backup\L1.avhdx",
    ),
    Scenario(
        "the original is lost and the copy is all there is",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        ! copy L1.avhdx E:\backup\L1.avhdx
        ! remove L1.avhdx
        """,
    ),
    Scenario(
        "a trunk was moved and a copy stands in its place",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        ! copy L1.avhdx E:\L1.avhdx
        ! move L1.avhdx F:\L1.avhdx
        ! move E:\L1.avhdx L1.avhdx
        """,
        own=r"F:\L1.avhdx",
    ),
    Scenario(
        "a stray AVHDX of another host",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        vm far policy=live G:\far\far.vhdx
        take far T1 -> G:\far\F1.avhdx
        ! copy G:\far\F1.avhdx F1.avhdx
        ! hide far
        ! hide far/T1
        ! hide G:\far
        """,
        own="F1.avhdx",
    ),
    Scenario(
        "a base that was replaced by an older one",
        r"""
        vm web01 policy=live base.vhdx
        ! copy base.vhdx E:\backup\base.vhdx
        take web01 S1 -> L1.avhdx
        ! move base.vhdx E:\kept.vhdx
        ! copy E:\backup\base.vhdx base.vhdx
        """,
        own=r"base.vhdx E:\backup\base.vhdx",
    ),
    Scenario(
        "a parent that was written to",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        ! write base.vhdx
        """,
    ),
    Scenario(
        "a parent that was written to, and the history knows",
        r"""
        vm web01 base.vhd
        take web01 S1 -> L1.avhd
        write base.vhd
        """,
    ),
    Scenario(
        "a disk in the middle is gone",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        apply web01 S1 -> L3.avhdx
        apply web01 S2 -> L4.avhdx
        ! remove L1.avhdx
        """,
    ),
    Scenario(
        "a disk in the middle is damaged",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        ! damage L1.avhdx
        """,
    ),
    Scenario(
        "a disk in the middle is locked",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        take web01 S3 -> L3.avhdx
        ! lock L2.avhdx
        """,
    ),
    Scenario(
        "parents that lead back to themselves",
        r"""
        vm web01 base.vhd
        take web01 S1 -> L1.avhd
        take web01 S2 -> L2.avhd
        ! copy L2.avhd base.vhd
        """,
        own="base.vhd",
    ),
    Scenario(
        "a configuration that spells its disks with a prefix",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        ! spell web01 C:\VMs\L1 \\?\C:\VMs\L1
        """,
    ),
    Scenario(
        "a configuration that spells its disks with short names",
        r"""
        vm web01 policy=live D:\VirtualMachines\base.vhdx
        take web01 S1 -> D:\VirtualMachines\L1.avhdx
        take web01 S2 -> D:\VirtualMachines\L2.avhdx
        apply web01 S1 -> D:\VirtualMachines\L3.avhdx
        ! spell web01 D:\VirtualMachines D:\VIRTUA~1
        ! spell web01/S2 D:\VirtualMachines D:\VIRTUA~1
        """,
    ),
    Scenario(
        "disks on a share",
        r"""
        vm web01 policy=live \\files\vms\base.vhdx
        take web01 S1 -> \\files\vms\L1.avhdx
        take web01 S2 -> \\files\vms\L2.avhdx
        ! spell web01 \\files\vms\ \\?\UNC\FILES\vms\
        """,
    ),
)
