"""A writing command that is killed at random moments damages nothing, and the next run leaves no litter.

`benchmarks/kills.py` does the same with every writing command and thirty moments each.
"""

import pytest

from benchmarks import kills


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    place = tmp_path_factory.mktemp("kills")
    kills.prepare(place)
    return place


@pytest.mark.parametrize("name", ["build", "import"])
def test_killed_at_random_moments(inputs, name):
    found = kills.check(inputs, name, num_kills=4, seed=7)
    assert found.wrong == ()
    assert found.num_hits
