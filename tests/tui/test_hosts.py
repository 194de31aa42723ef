"""Several hosts recorded into one store: each keeps its own files, and nobody takes another's."""

from pathlib import Path

import pytest

from tests.tui.calling import Answer, Snapledger


def lines(vm: str) -> list[str]:
    return [
        rf"vm {vm} policy=live C:\VMs\base.vhdx",
        f"start {vm}",
        rf'take {vm} "S1" as="IDE 0:0=C:\VMs\S1.avhdx"',
        rf'take {vm} "S2" as="IDE 0:0=C:\VMs\S2.avhdx"',
    ]


@pytest.fixture
def hosts(snapledger: Snapledger, tmp_path: Path) -> tuple[Path, Path]:
    """Two hosts whose VMs have the same local paths, written by stores of their own."""
    made = tmp_path / "HV01", tmp_path / "HV02"
    for vm, place in zip(("web01", "web02"), made, strict=True):
        snapledger.store = tmp_path / f"played {vm}"
        assert snapledger.play(*lines(vm), to=place).code == 0
    snapledger.store = tmp_path / "store"
    return made


def rows(answer: Answer) -> dict[str, str]:
    return {row["path"]: row["role"] for row in answer.json["disks"]}


def recorded(snapledger: Snapledger, place: Path, *words: str) -> Answer:
    answer = snapledger("record", str(place), *words, "--json")
    assert answer.code == 0, answer.err
    return answer


def test_the_same_local_path_on_two_hosts_is_two_files(
    snapledger: Snapledger, hosts: tuple[Path, Path]
) -> None:
    alone = recorded(snapledger, hosts[0], "--host", "HV01")
    of_home = rows(snapledger("chain", "--json"))
    both = recorded(snapledger, hosts[1], "--host", "HV02.corp.local")

    found = rows(snapledger("chain", "--json"))

    assert found == of_home | {rf"\\HV02\C${path[2:]}": role for path, role in of_home.items()}
    assert len(of_home) == 3
    assert both.json["gaps"] == alone.json["gaps"] == []


def test_the_other_hosts_chain_is_its_own(snapledger: Snapledger, hosts: tuple[Path, Path]) -> None:
    recorded(snapledger, hosts[0], "--host", "HV01")
    recorded(snapledger, hosts[1], "--host", "HV02")

    chain = snapledger("chain", "web02", "--json").json["disks"]

    assert [row["role"] for row in chain] == ["base", "in_tree", "in_tree"]
    assert all(row["path"].startswith(r"\\HV02\C$\VMs") for row in chain)
    assert chain[1]["parent"] == chain[0]["path"]


def test_a_host_is_the_same_however_it_is_spelled(
    snapledger: Snapledger, hosts: tuple[Path, Path]
) -> None:
    recorded(snapledger, hosts[0], "--host", "HV01")
    recorded(snapledger, hosts[1], "--host", "HV02")

    for place, spelled in zip(hosts, ("hv01.corp.local", "hv02.CORP.local"), strict=True):
        assert recorded(snapledger, place, "--host", spelled).json["events"] == 0


def test_files_of_nobody_are_refused_where_hosts_were_named(
    snapledger: Snapledger, hosts: tuple[Path, Path]
) -> None:
    recorded(snapledger, hosts[0], "--host", "HV01")

    answer = snapledger("record", str(hosts[1]))

    assert answer.code == 2
    assert "evidence of HV01" in answer.err
    assert "--host" in answer.err


def test_files_of_nobody_are_in_doubt_until_somebody_names_their_host(
    snapledger: Snapledger, hosts: tuple[Path, Path], tmp_path: Path
) -> None:
    recorded(snapledger, hosts[0])
    for computer in ("HV01", "HV02"):
        answer = f'{{"SnapledgerCollector": 1, "Computer": "{computer}", "VMs": []}}'
        (tmp_path / f"{computer}.json").write_text(answer)
    recorded(snapledger, tmp_path / "HV01.json")
    asked = recorded(snapledger, tmp_path / "HV02.json")
    assert any("recorded without --host: HV01, HV02" in gap for gap in asked.json["gaps"])

    named = recorded(snapledger, hosts[0], "--host", "hv01.corp.local")
    again = recorded(snapledger, hosts[0], "--host", "HV01")
    unnamed = recorded(snapledger, hosts[0])

    assert (named.json["events"], named.json["gaps"]) == (1, [])
    assert [each.json["events"] for each in (again, unnamed)] == [0, 0]
    assert rows(snapledger("chain", "--json")).keys() == {
        rf"C:\VMs\{name}" for name in ("base.vhdx", "S1.avhdx", "S2.avhdx")
    }


def test_a_folder_recorded_from_another_place_may_be_another_hosts(
    snapledger: Snapledger, hosts: tuple[Path, Path]
) -> None:
    assert "--host" not in snapledger("record", str(hosts[0])).err

    doubt = snapledger("record", str(hosts[1])).err
    again = snapledger("record", str(hosts[1])).err

    assert f"C:\\ at {hosts[1] / 'C'}: taken for the one recorded from {hosts[0] / 'C'}" in doubt
    assert "--host" not in again


def test_a_map_typed_in_vain_makes_no_store(
    snapledger: Snapledger, hosts: tuple[Path, Path]
) -> None:
    answer = snapledger("record", str(hosts[0]), "--map", rf"D:\={hosts[0]}/D")

    assert answer.code == 2
    assert "there is no" in answer.err
    assert not snapledger.store.exists()
