"""`check`: exit codes and the one line for monitoring, with names that want to leave that line."""

import pytest

from eventstore.errors import BadInput
from tests.tui.calling import Snapledger
from tui.amounts import seconds, size_bytes

AT = ("--at", "2010-09-28T06:00:00Z")
QUIET = (r"vm web01 C:\VMs\web01.vhd", "start web01", "take web01 S")
RIDDLE = (
    r"vm web01 C:\VMs\web01.vhd",
    "start web01",
    "take web01 R",
    r'take web01 A as="IDE 0:0=C:\VMs\a2.avhd"',
    r'apply web01 R as="IDE 0:0=C:\VMs\b1.avhd"',
    "delete web01 R",
)
LINE = (
    "SNAPLEDGER WARNING: 2 warning in 1 VM; avhd without snapshot C:\\VMs\\b1.avhd of web01; "
    'snapshot "A" of web01 was taken at 2010-09-26T06:03:00.000000Z, with memory | '
    "critical=0;;;0 warning=2;;;0 unknown=0;;;0 vms=1;;;0 snapshots=1;;;0 saved_states=2;;;0 "
    "pending_merges=0;;;0 gaps=2;;;0 avhds=2;;;0 avhd_bytes=0B;;;0 "
    "largest_avhd=0B;107374182400;;0 oldest_snapshot=172620s;86400;;0\n"
)


def plugin(snapledger: Snapledger, *words: str) -> tuple[int, str]:
    answer = snapledger("check", "--nagios", *words)
    return answer.code, answer.out


def test_a_host_in_order_is_fine(snapledger: Snapledger) -> None:
    snapledger.play(*QUIET)

    answer = snapledger("check", *AT)

    assert answer.code == 0
    assert answer.out.startswith("ok: 1 VM; 1 snapshot, the oldest 47 hours old; 1 saved state;")


def test_what_is_too_old_is_found(snapledger: Snapledger) -> None:
    snapledger.play(*QUIET)

    answer = snapledger("check", "--max-age", "1d", *AT)

    assert answer.code == 1
    assert "warning  old snapshot  of web01  47 hours" in answer.out
    assert snapledger("check", "--max-age", "2d", *AT).code == 0


def test_a_script_gets_state_counts_and_problems(snapledger: Snapledger) -> None:
    snapledger.play(*RIDDLE)

    answer = snapledger("check", "--json", "--max-age", "1d", *AT)

    assert answer.code == 1
    assert list(answer.json) == [
        *("as_of", "checked_at", "state", "critical", "warning", "unknown"),
        *("limits", "totals", "problems"),
    ]
    assert (answer.json["state"], answer.json["warning"]) == ("warning", 2)
    assert [each["kind"] for each in answer.json["problems"]] == [
        "avhd_without_snapshot",
        "old_snapshot",
    ]
    assert answer.json["limits"]["max_age_seconds"] == 86_400


def test_monitoring_gets_one_line_with_figures_and_a_code(snapledger: Snapledger) -> None:
    snapledger.play(*RIDDLE)

    found = plugin(snapledger, "--max-age", "1d", "--max-size", "100GB", *AT)

    assert found == (1, LINE)


@pytest.mark.parametrize(
    ("deed", "state"),
    [
        ("rename web01 S T", (0, "OK")),
        ("detach web01 'IDE 0:0'", (1, "WARNING")),
        (r"lose C:\VMs\web01.vhd", (2, "CRITICAL")),
        ("remove web01", (3, "UNKNOWN")),
    ],
)
def test_the_worst_that_was_found_is_the_state(
    snapledger: Snapledger, deed: str, state: tuple[int, str]
) -> None:
    snapledger.play(*QUIET, "shutdown web01", deed.replace("'", '"'))

    code, line = plugin(snapledger, *AT)

    assert (code, line.split(":")[0]) == (state[0], f"SNAPLEDGER {state[1]}")


def test_foreign_names_neither_end_the_line_nor_begin_the_figures(snapledger: Snapledger) -> None:
    played = snapledger.play(
        r'vm "web|01 <b>" "C:\VMs\会計 x.vhd"',
        'take "web|01 <b>" "スナップ|1 \u202e; $(reboot)"',
        r'lose "C:\VMs\会計 x.vhd"',
    )

    assert played.code == 0, played.err
    code, line = plugin(snapledger, "--max-age", "1d", *AT)

    assert code == 2
    assert line.count("|") == 1
    assert line.count("\n") == 1
    assert "スナップ¦1" in line
    assert "\\u202e" in line


def test_of_many_problems_the_line_tells_a_few(snapledger: Snapledger) -> None:
    snapledger.play(*QUIET, *(f"take web01 S{number}" for number in range(9)))

    code, line = plugin(snapledger, "--max-age", "1d", *AT)

    assert code == 1
    assert "; 7 more | " in line
    assert len(line.split(" | ")[0]) < 500


@pytest.mark.parametrize(
    "words", [("--max-age", "soon"), ("--max-size", "big"), ("--odd",), ("nobody",), ("--json",)]
)
def test_whoever_cannot_look_is_unknown_and_never_critical(
    snapledger: Snapledger, words: tuple[str, ...]
) -> None:
    snapledger.play(*QUIET)

    code, line = plugin(snapledger, *words)

    assert code == 3
    assert line.startswith("SNAPLEDGER UNKNOWN: ")
    assert line.count("\n") == 1


def test_without_a_store_nobody_can_tell(snapledger: Snapledger) -> None:
    code, line = plugin(snapledger)

    assert (code, line.startswith("SNAPLEDGER UNKNOWN: ")) == (3, True)
    assert snapledger("check").code == 2


def test_one_vm_is_named_in_either_way(snapledger: Snapledger) -> None:
    snapledger.play(*RIDDLE, r"vm db01 C:\VMs\db01.vhd")

    assert snapledger("check", "db01", *AT).code == 0
    assert snapledger("check", "--vm", "DB01", *AT).code == 0
    assert snapledger("check", "web01", *AT).code == 1
    assert snapledger("check", "web01", "--vm", "db01", *AT).code == 2


def test_an_entry_asked_for_is_the_clock(snapledger: Snapledger) -> None:
    snapledger.play(*QUIET, "at 2010-12-01T00:00:00Z", "take web01 T")

    assert snapledger("check", "--max-age", "1d", "--at", "#3").code == 0
    assert snapledger("check", "--max-age", "1d", "--at", "#4").code == 1


def test_amounts_are_read_as_people_write_them() -> None:
    assert [seconds("-", word) for word in ("90s", "45m", "12h", "30d", "8w", "0d")] == [
        *(90, 2_700, 43_200, 2_592_000, 4_838_400, 0)
    ]
    assert [size_bytes("-", word) for word in ("7", "1b", "2KB", "100 gb", "1TB")] == [
        *(7, 1, 2_048, 107_374_182_400, 1_099_511_627_776)
    ]


@pytest.mark.parametrize("word", ["", "d", "30", "-1d", "1.5d", "１d", "30d30d", "30GB"])
def test_what_is_no_while_is_refused_with_an_example(word: str) -> None:
    with pytest.raises(BadInput, match="expected a while like"):
        seconds("--max-age", word)


def test_vms_of_one_name_are_told_apart_in_every_headline(snapledger: Snapledger) -> None:
    ids = ("5A0D1F6E-0000-4000-8000-000000000001", "6B1E2A7F-0000-4000-8000-000000000002")
    snapledger.play(
        *(rf"vm web01 id={vm} C:\VMs\{vm}.vhd" for vm in ids),
        *(rf"lose C:\VMs\{vm}.vhd" for vm in ids),
    )

    for words in (("orphans",), ("check",), ("check", "--nagios")):
        told = snapledger(*words, *AT).out
        assert all(f"of web01 ({vm[:8]})" in told for vm in ids), words
    explained = snapledger("explain", rf"C:\VMs\{ids[0]}.vhd", *AT).out
    assert f"of web01 ({ids[0][:8]})" in explained
    vms = [each["vm"]["name"] for each in snapledger("check", "--json", *AT).json["problems"]]
    assert set(vms) == {"web01"}
