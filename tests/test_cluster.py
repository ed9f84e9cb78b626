"""Where a cluster is, and the manifest for one on Kubernetes."""

import re
from pathlib import Path

import pytest

from wordlab.cluster import ClusterConfig
from wordlab.errors import ConfigError

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("address", [None, "auto", "host:6379", "10.0.0.1:6379", "ray://[::1]:10001"])
def test_addresses_that_ray_takes(address):
    assert ClusterConfig(address=address).address == address


@pytest.mark.parametrize(
    "address", ["", "host", "ray://host", "http://host:80", "host:0", "host:65536", 6379]
)
def test_other_addresses_are_refused(address):
    with pytest.raises(ConfigError, match=r"^address: expected auto, host:port or ray://host:port, found "):
        ClusterConfig(address=address)


def test_the_manifest_for_kubernetes_has_the_ray_of_the_constraints():
    """It was checked against KubeRay's own schema as a whole; versions are what changes."""
    yaml = pytest.importorskip("yaml")
    manifest = yaml.safe_load((ROOT / "docs/how-to/raycluster.yaml").read_text(encoding="utf-8"))
    (pinned,) = re.findall(
        r"^ray==(.+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    spec = manifest["spec"]
    assert (manifest["apiVersion"], manifest["kind"]) == ("ray.io/v1", "RayCluster")
    assert spec["rayVersion"] == pinned
    assert spec.keys() == {"rayVersion", "headGroupSpec", "workerGroupSpecs"}
    (workers,) = spec["workerGroupSpecs"]
    assert workers.keys() == {
        "groupName", "replicas", "minReplicas", "maxReplicas", "rayStartParams", "template"
    }  # fmt: skip
    (container,) = workers["template"]["spec"]["containers"]
    assert container["image"].endswith(f":{pinned}")
    assert container["resources"]["limits"]["cpu"] == "1"  # a worker trains on one thread
