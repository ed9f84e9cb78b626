"""BatchNorm by hand, its options and its errors; tests/oracle compares it with torch."""

import pytest

from wordlab.errors import ConfigError

torch = pytest.importorskip("torch")
from wordlab.vision_theory.vision.networks.batch_norm import BatchNorm  # noqa: E402


def test_by_hand():
    layer = BatchNorm(1, dims=2, eps=0.5, momentum=0.25)
    with torch.no_grad():
        layer.weight.fill_(3.0)
        layer.bias.fill_(1.0)
    y = layer(torch.tensor([[1.0], [3.0], [8.0]]))
    # mean 4, biased variance (9 + 1 + 16) / 3 = 26/3, unbiased 13
    scale = 3 / (26 / 3 + 0.5) ** 0.5
    assert y.flatten().tolist() == pytest.approx([1 - 3 * scale, 1 - scale, 1 + 4 * scale], abs=1e-6)
    assert layer.running_mean.item() == pytest.approx(0.75 * 0 + 0.25 * 4)
    assert layer.running_var.item() == pytest.approx(0.75 * 1 + 0.25 * 13)
    layer.eval()
    assert layer(torch.tensor([[2.0]])).item() == pytest.approx(1 + 3 * (2 - 1) / (4 + 0.5) ** 0.5)
    assert layer.num_batches_tracked == 1


def test_the_biased_running_variance():
    layer = BatchNorm(1, dims=2, momentum=1.0, running_variance="biased")
    layer(torch.tensor([[1.0], [3.0], [8.0]]))
    assert layer.running_var.item() == pytest.approx(26 / 3)


def test_images_are_normalised_by_channel():
    x = torch.randn(5, 3, 4, 4, generator=torch.Generator().manual_seed(1)) * 7 + 2
    y = BatchNorm(3, dims=4)(x).detach()
    assert y.mean(dim=(0, 2, 3)).tolist() == pytest.approx([0, 0, 0], abs=1e-5)
    assert y.var(dim=(0, 2, 3), unbiased=False).tolist() == pytest.approx([1, 1, 1], abs=1e-4)


def test_inference_changes_nothing_and_knows_no_neighbours():
    layer = BatchNorm(2, dims=2).eval()
    x = torch.randn(4, 2, generator=torch.Generator().manual_seed(1))
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    assert torch.equal(layer(x)[:1], layer(x[:1]))
    assert all(torch.equal(value, before[name]) for name, value in layer.state_dict().items())


def test_one_value_a_channel_has_no_variance():
    with pytest.raises(ValueError, match=r"more than 1 value per channel in training, found an .* \(1, 3\)"):
        BatchNorm(3, dims=2)(torch.zeros(1, 3))
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        BatchNorm(3, dims=4)(torch.zeros(1, 3, 1, 1))
    BatchNorm(3, dims=4)(torch.zeros(1, 3, 2, 1))
    BatchNorm(3, dims=2).eval()(torch.zeros(1, 3))


@pytest.mark.parametrize(("dims", "shape"), [(2, (4, 5)), (2, (4, 3, 2, 2)), (4, (4, 3)), (4, (4, 5, 2, 2))])
def test_other_shapes_are_refused(dims, shape):
    with pytest.raises(ValueError, match=r"expected an input of shape \(batch, 3.*, found"):
        BatchNorm(3, dims=dims)(torch.zeros(shape))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dims": 3}, "dims: expected 2 for .* found 3"),
        ({"num_features": 0}, "num_features: expected 1 or more, found 0"),
        ({"eps": 0}, "eps: expected a number above 0, found 0"),
        ({"momentum": 1.5}, "momentum: expected a number from 0 to 1, found 1.5"),
        ({"running_variance": "both"}, "running_variance: expected one of unbiased, biased, found 'both'"),
    ],
)
def test_invalid_options(options, message):
    with pytest.raises(ConfigError, match=message):
        BatchNorm(**{"num_features": 3, "dims": 2, **options})
