"""One Ray cluster for all tests of a session that need one: it takes some seconds to start."""

import pytest

WORKERS = 4


@pytest.fixture(scope="session")
def ray_cluster():
    """Inside, `wordlab.cluster.joined` finds a cluster with WORKERS processors on this machine."""
    pytest.importorskip("ray")
    from wordlab.cluster import joined

    with joined(workers=WORKERS):
        yield
