"""Threads and devices of torch: bad requests end in one line, or in the nearest that works."""

import pytest
import torch

from wordlab.devices import check_device, torch_threads
from wordlab.errors import ConfigError


def test_threads_are_set_and_put_back():
    before = torch.get_num_threads()
    with torch_threads(3):
        assert torch.get_num_threads() == 3
    assert torch.get_num_threads() == before


def test_more_threads_than_a_system_starts():
    with torch_threads(2**31 - 1):
        assert torch.get_num_threads() == 128


@pytest.mark.parametrize(
    "device", ["", "x", "cpu:x", "meta", "cuda:99", "caf\udce9", "a\nb", "mps:-1", "9" * 500]
)
def test_invalid_devices(device):
    with pytest.raises(ConfigError, match=r"^device: expected one that this torch can use \(cpu") as caught:
        check_device(device)
    assert len(str(caught.value).splitlines()) == 1
