"""What all tests share: no time limit on an example, as the first one may compile or import."""

import pytest
from hypothesis import settings

from tests.ray_cluster import ray_cluster as ray_cluster

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


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
