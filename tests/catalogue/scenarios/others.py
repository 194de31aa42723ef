"""What belongs to somebody else, was never a VM's, or was put there by hand."""

from tests.catalogue.scenario import Scenario

SCENARIOS = (
    Scenario(
        "two VMs in one folder",
        r"""
        vm web01 policy=live base.vhdx
        vm db01 policy=live other.vhdx
        take web01 S1 -> L1.avhdx
        take db01 T1 -> M1.avhdx
        apply db01 T1 -> M2.avhdx
        """,
    ),
    Scenario(
        "linked clones of a golden image",
        r"""
        vm gold policy=live golden.vhdx
        clone-disk desk1.vhdx golden.vhdx
        clone-disk desk2.vhdx golden.vhdx
        remove gold
        vm desk1 policy=live desk1.vhdx
        vm desk2 policy=live desk2.vhdx
        take desk1 S1 -> L1.avhdx
        take desk2 S1 -> L2.avhdx
        """,
    ),
    Scenario(
        "a template that no VM uses",
        r"""
        vm web01 policy=live base.vhdx
        vm gold policy=live template.vhdx
        take web01 S1 -> L1.avhdx
        detach gold "IDE 0:0"
        """,
        own="template.vhdx",
    ),
    Scenario(
        "a clone of a snapshot's disk",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        clone-disk test.vhdx L1.avhdx
        vm test policy=live test.vhdx
        delete web01 S1
        """,
    ),
    Scenario(
        "a linked clone that nobody could read, of a VM that is known",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        clone-disk D:\clones\test.vhdx L1.avhdx
        vm test policy=live D:\clones\test.vhdx
        apply web01 S1 -> L3.avhdx
        delete web01 S2
        ! hide D:\clones\test.vhdx
        """,
    ),
    Scenario(
        "a linked clone of a VM of which there is no trace",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        clone-disk D:\clones\test.vhdx L1.avhdx
        vm test policy=live D:\clones\test.vhdx
        apply web01 S1 -> L3.avhdx
        delete web01 S2
        ! hide D:\clones
        """,
        is_without_trace=True,
    ),
    Scenario(
        "a VM whose configuration nobody read",
        r"""
        vm web01 policy=live base.vhdx
        vm db01 policy=live other.vhdx
        take web01 S1 -> L1.avhdx
        take db01 T1 -> M1.avhdx
        ! hide db01
        ! hide db01/T1
        """,
    ),
    Scenario(
        "snapshot configurations that nobody read",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        apply web01 S1 -> L3.avhdx
        ! hide web01/S2
        """,
    ),
    Scenario(
        "snapshots of a VM that is not registered any more",
        r"""
        vm web01 policy=live base.vhdx
        vm old policy=live other.vhdx
        take old S1 -> M1.avhdx
        take old S2 -> M2.avhdx
        remove old
        """,
        own="other.vhdx M1.avhdx M2.avhdx",
    ),
    Scenario(
        "a VM that was removed and registered anew on its last disk",
        r"""
        vm web01 id=5A0D1F6E-0000-4000-8000-000000000001 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        apply web01 S1 -> L3.avhdx
        remove web01
        vm web01 id=5A0D1F6E-0000-4000-8000-000000000001 policy=live L3.avhdx
        """,
        own="L1.avhdx",
    ),
    Scenario(
        "a folder of disks that was not recorded",
        r"""
        vm web01 policy=live base.vhdx D:\data.vhdx
        take web01 S1 -> L1.avhdx, D:\M1.avhdx
        apply web01 S1 -> L2.avhdx, D:\M2.avhdx
        ! record C:\VMs
        """,
    ),
    Scenario(
        "the configurations were not recorded, only the disks",
        r"""
        vm web01 policy=live D:\vm\base.vhdx
        take web01 S1 -> D:\vm\L1.avhdx
        take web01 S2 -> D:\vm\L2.avhdx
        apply web01 S1 -> D:\vm\L3.avhdx
        ! record D:\vm
        """,
    ),
    Scenario(
        "a VHD set's backing file, and its descriptor",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        vm db01 policy=live set_1A2B.avhdx
        ! other set.vhds
        """,
    ),
    Scenario(
        "ISO, RCT and other files in the folder",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        ! other setup.iso
        ! other base.vhdx.rct
        """,
    ),
    Scenario(
        "a user's disk that is called .avhdx",
        r"""
        vm web01 policy=live base.vhdx
        vm odd policy=live mine.avhdx
        take odd S1 -> mine_1.avhdx
        detach odd "IDE 0:0"
        delete odd S1
        """,
        own="mine.avhdx",
        orphans="mine_1.avhdx",
    ),
    Scenario(
        "an AVHDX that was renamed to .vhdx, with its configuration mended",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        ! move L1.avhdx current.vhdx
        ! spell web01 L1.avhdx current.vhdx
        """,
    ),
    Scenario(
        "a zero-byte disk and a damaged one",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        take web01 S3 -> L3.avhdx
        apply web01 S1 -> L4.avhdx
        ! empty live-mount.avhdx
        ! damage L2.avhdx
        """,
    ),
)
