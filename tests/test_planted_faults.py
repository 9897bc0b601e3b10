"""The planted faults still fit today's tree: each patches a place that is there exactly once, and names real tests."""

import pytest

from tests.planted_faults import FAULTS, TREE, Fault


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_fits_the_tree(fault: Fault) -> None:
    sound = (TREE / fault.file).read_text(encoding="utf-8")
    assert fault.planted_in(sound) != sound
    assert [name for name in fault.tests if not (TREE / name).exists()] == []


def test_no_two_faults_share_a_name() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
