"""One Ray cluster for all tests of a file that need one: it takes seconds to start, and time to keep."""

import pytest

WORKERS = 4


@pytest.fixture(scope="module")
def ray_cluster():
    """Inside, `wordlab.cluster.joined` finds a cluster with WORKERS processors on this machine."""
    pytest.importorskip("wordlab.text.engines.ray", exc_type=ImportError)  # which says how Ray is imported
    from wordlab.cluster import joined

    with joined(workers=WORKERS):
        yield
