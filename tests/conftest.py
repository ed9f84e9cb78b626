"""What all tests share: no time limit on an example, as the first one may compile or import."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.ray_cluster import ray_cluster as ray_cluster

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items):
    """Begin with this directory's files, which take longest, so that no core waits for one at the end."""
    items.sort(key=lambda item: item.path.parent != Path(__file__).parent)


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is set: `clock[0] = seconds`."""
    now = [100.0]
    for name in ("monotonic", "perf_counter"):
        monkeypatch.setattr(f"time.{name}", lambda: now[0])
    return now


@pytest.fixture(scope="session")
def hub_server():
    """The server of `tests.hub_site`, for all tests of a session."""
    from tests import hub_site

    server = hub_site.serve()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def hub(hub_server, tmp_path_factory, monkeypatch):
    """An empty site that huggingface_hub talks to, with a cache of its own and a token that may write."""
    constants = pytest.importorskip("huggingface_hub.constants")
    from tests import hub_site

    hub_server.site = hub_site.Site()
    hub_server.site.address = hub_server.address
    home = tmp_path_factory.mktemp("hub")
    monkeypatch.setattr(constants, "ENDPOINT", hub_server.address)
    template = constants.HUGGINGFACE_CO_URL_TEMPLATE
    path = template[template.index("/{repo_id}") :]
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", hub_server.address + path)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(home / "cache"))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(home / "token"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HF_TOKEN", hub_site.TOKEN)
    return hub_server.site


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory):
    """The bucket of a server that speaks S3's protocol, for all tests of a session."""
    pytest.importorskip("s3fs")
    pytest.importorskip("moto.server")
    from tests import s3_site

    server, address = s3_site.serve()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in s3_site.environment(address).items():
            patch.setenv(name, value)
        yield s3_site.Store(address)
    server.stop()


@pytest.fixture
def s3(s3_server, tmp_path_factory, monkeypatch):
    """That bucket, empty, and a cache of artefacts of its own."""
    for name in s3_server.names():
        s3_server.remove(name)
    monkeypatch.setenv("WORDLAB_CACHE", str(tmp_path_factory.mktemp("cache")))
    return s3_server
