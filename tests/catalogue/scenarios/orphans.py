"""Files that nobody needs, and files that look like them and hold somebody's last work."""

from tests.catalogue.scenario import Scenario

SCENARIOS = (
    Scenario(
        "an AVHDX that Hyper-V failed to delete",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        ! guest web01
        ! record
        ! keep L1.avhdx
        apply web01 S1 -> L2.avhdx
        ! put-back L1.avhdx
        """,
        orphans="L1.avhdx",
    ),
    Scenario(
        "the same with AVHD",
        r"""
        vm web01 base.vhd
        take web01 S1 -> L1.avhd
        ! keep L1.avhd
        apply web01 S1 -> L2.avhd
        ! put-back L1.avhd
        """,
        orphans="L1.avhd",
    ),
    Scenario(
        "an AVHDX that stayed when its subtree was deleted, two deep",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        take web01 S3 -> L3.avhdx
        ! keep L2.avhdx
        apply web01 S1 -> L4.avhdx
        ! keep L1.avhdx
        delete-subtree web01 S2
        ! put-back L1.avhdx
        ! put-back L2.avhdx
        """,
        orphans="L1.avhdx L2.avhdx",
    ),
    Scenario(
        "another disk stands where Hyper-V deleted an AVHD",
        r"""
        vm web01 base.vhd
        take web01 S1 -> L1.avhd
        clone-disk E:\unique.vhd base.vhd
        ! record
        apply web01 S1 -> L2.avhd
        ! move E:\unique.vhd L1.avhd
        """,
        own="L1.avhd",
    ),
    Scenario(
        "a copy of the running disk stands where Hyper-V deleted an AVHD",
        r"""
        vm web01 base.vhd
        take web01 S1 -> L1.avhd
        ! record
        apply web01 S1 -> L2.avhd
        ! copy L2.avhd L1.avhd
        """,
        own="L1.avhd",
    ),
    Scenario(
        "a merged AVHDX that stayed",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        take web01 S2 -> L2.avhdx
        ! guest web01
        ! keep L2.avhdx
        delete web01 S2
        ! put-back L2.avhdx
        """,
        orphans="L2.avhdx",
    ),
    Scenario(
        "an orphan beside a file that is locked",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        ! keep L1.avhdx
        apply web01 S1 -> L2.avhdx
        ! put-back L1.avhdx
        ! lock L2.avhdx
        """,
        orphans="L1.avhdx",
    ),
    Scenario(
        "rollback in waiting: the configuration is of yesterday, the AVHDX of now",
        r"""
        vm web01 policy=live base.vhdx
        ! keep web01
        take web01 S1 -> L1.avhdx
        delete web01 S1
        start web01
        take web01 S2 -> L2.avhdx
        ! guest web01
        ! put-back web01
        """,
    ),
    Scenario(
        "rollback done: the base was attached again by hand",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        start web01
        ! guest web01
        turn-off web01
        detach web01 "IDE 0:0"
        attach web01 "IDE 0:0" base.vhdx
        """,
        newest="L1.avhdx",
    ),
    Scenario(
        "discarded by an apply, and written since: somebody runs it",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        ! keep L1.avhdx
        apply web01 S1 -> L2.avhdx
        ! put-back L1.avhdx
        ! write L1.avhdx
        """,
        newest="L1.avhdx",
    ),
    Scenario(
        "left by a merge by hand",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        delete web01 S1
        take web01 S2 -> L2.avhdx
        ! guest web01
        merge-vhd L2.avhdx base.vhdx
        detach web01 "IDE 0:0"
        delete web01 S2
        attach web01 "IDE 0:0" base.vhdx
        """,
        orphans="L2.avhdx",
    ),
    Scenario(
        "left by a merge by hand, and written afterwards",
        r"""
        vm web01 policy=live base.vhdx
        take web01 S1 -> L1.avhdx
        ! guest web01
        merge-vhd L1.avhdx base.vhdx
        detach web01 "IDE 0:0"
        delete web01 S1
        attach web01 "IDE 0:0" base.vhdx
        ! write L1.avhdx
        """,
        newest="L1.avhdx",
    ),
    Scenario(
        "another disk stands where a source of a merge by hand stood",
        r"""
        vm web01 base.vhd
        take web01 S1 -> L1.avhd
        clone-disk E:\unique.vhd base.vhd
        merge-vhd L1.avhd base.vhd
        apply web01 S1 -> L2.avhd
        ! move E:\unique.vhd L1.avhd
        """,
        own="L1.avhd",
    ),
    Scenario(
        "a detached AVHDX whose base nobody else uses",
        r"""
        vm web01 policy=live base.vhdx data.vhdx
        take web01 S1 -> L1.avhdx, M1.avhdx
        ! guest web01
        detach web01 "IDE 0:1"
        delete web01 S1
        """,
        newest="M1.avhdx",
        own="data.vhdx",
    ),
    Scenario(
        "a user's data disk, detached",
        r"""
        vm web01 policy=live base.vhdx data.vhdx
        detach web01 "IDE 0:1"
        """,
        own="data.vhdx",
    ),
)
