"""BatchNorm against torch's, the course's listing, and the gradients of the paper."""

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

from wordlab.vision_theory.vision.networks.batch_norm import BatchNorm  # noqa: E402
from wordlab.vision_theory.vision.networks.lenet import LeNet  # noqa: E402
from wordlab.vision_theory.vision.networks.small_resnet import small_resnet  # noqa: E402

SHAPES = {2: (6, 5), 4: (6, 5, 3, 4)}
THEIRS = {2: nn.BatchNorm1d, 4: nn.BatchNorm2d}


def equal(ours, theirs):
    assert torch.allclose(ours, theirs, rtol=1e-6, atol=1e-6), (ours - theirs).abs().max()


def batches(dims, num=4, dtype=torch.float64):
    generator = torch.Generator().manual_seed(7)
    for index in range(num):
        yield torch.randn(SHAPES[dims], generator=generator, dtype=dtype) * (index + 1) + 3 * index


def pair(dims, **options):
    """Our layer and torch's with the same random scale and shift."""
    ours, theirs = BatchNorm(5, dims=dims, **options).double(), THEIRS[dims](5, **options).double()
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        theirs.weight.copy_(torch.randn(5, generator=generator))
        theirs.bias.copy_(torch.randn(5, generator=generator))
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


@pytest.mark.parametrize(
    "options", [{}, {"momentum": 0.3, "eps": 1e-3}, {"momentum": 0.0}, {"momentum": 1.0}]
)
@pytest.mark.parametrize("dims", [2, 4])
def test_outputs_gradients_and_running_statistics(dims, options):
    ours, theirs = pair(dims, **options)
    for x in batches(dims):
        inputs = [x.clone().requires_grad_() for _ in range(2)]
        outputs = [layer(value) for layer, value in zip((ours, theirs), inputs, strict=True)]
        weights = torch.randn(SHAPES[dims], generator=torch.Generator().manual_seed(1), dtype=torch.float64)
        for layer, output in zip((ours, theirs), outputs, strict=True):
            layer.zero_grad()
            (output * weights).sum().backward()
        equal(*outputs)
        equal(inputs[0].grad, inputs[1].grad)
        for name in ("weight", "bias"):
            equal(getattr(ours, name).grad, getattr(theirs, name).grad)
        for name in ("running_mean", "running_var", "num_batches_tracked"):
            equal(getattr(ours, name), getattr(theirs, name))
    ours.eval(), theirs.eval()
    for x in batches(dims):
        equal(ours(x), theirs(x))


@pytest.mark.parametrize("dims", [2, 4])
def test_in_single_precision(dims):
    ours, theirs = (layer.float() for layer in pair(dims))
    for x in batches(dims, dtype=torch.float32):
        x = x / 10
        equal(ours(x), theirs(x))


def course_batch_norm(X, gamma, beta, moving_mean, moving_var, eps, momentum):  # noqa: N803 - as it stands there
    """The course's listing (section 8.5), in training."""
    if len(X.shape) == 2:
        mean = X.mean(dim=0)
        var = ((X - mean) ** 2).mean(dim=0)
    else:
        mean = X.mean(dim=(0, 2, 3), keepdim=True)
        var = ((X - mean) ** 2).mean(dim=(0, 2, 3), keepdim=True)
    X_hat = (X - mean) / torch.sqrt(var + eps)
    moving_mean = (1.0 - momentum) * moving_mean + momentum * mean
    moving_var = (1.0 - momentum) * moving_var + momentum * var
    return gamma * X_hat + beta, moving_mean, moving_var


@pytest.mark.parametrize("dims", [2, 4])
def test_the_course_where_it_differs(dims):
    shape = (1, 5) if dims == 2 else (1, 5, 1, 1)
    mean, var = torch.zeros(shape).double(), torch.ones(shape).double()
    ours, theirs = (
        pair(dims, momentum=0.2)[0],
        BatchNorm(5, dims=dims, momentum=0.2, running_variance="biased"),
    )
    theirs.double().load_state_dict(ours.state_dict())
    for x in batches(dims):
        gamma, beta = (parameter.detach().view(shape) for parameter in (ours.weight, ours.bias))
        expected, mean, var = course_batch_norm(x, gamma, beta, mean, var, 1e-5, 0.2)
        ours(x)
        equal(theirs(x), expected)
    equal(theirs.running_mean, mean.flatten())
    equal(theirs.running_var, var.flatten())
    assert not torch.allclose(ours.running_var, var.flatten(), rtol=1e-3)


def test_gradients_of_the_paper():
    """Section 3, the six lines after algorithm 1, against autograd through our formulas."""
    layer, _ = pair(2)
    x = next(batches(2)).requires_grad_()
    dy = torch.randn(SHAPES[2], generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    (layer(x) * dy).sum().backward()
    with torch.no_grad():
        m, mean = len(x), x.mean(dim=0)
        var = ((x - mean) ** 2).mean(dim=0)
        inverse = (var + layer.eps) ** -0.5
        x_hat = (x - mean) * inverse
        dx_hat = dy * layer.weight
        dvar = (dx_hat * (x - mean)).sum(dim=0) * -0.5 * inverse**3
        dmean = -(dx_hat * inverse).sum(dim=0) + dvar * (-2 * (x - mean)).mean(dim=0)
        dx = dx_hat * inverse + dvar * 2 * (x - mean) / m + dmean / m
    equal(x.grad, dx)
    equal(layer.weight.grad, (dy * x_hat).sum(dim=0))
    equal(layer.bias.grad, dy.sum(dim=0))


@pytest.mark.parametrize("dims", [2, 4])
def test_both_refuse_a_single_value(dims):
    x = torch.zeros(1, 5, *(1,) * (dims - 2)).double()
    for layer in pair(dims):
        with pytest.raises(ValueError, match="xpected more than 1 value per channel"):
            layer(x)


def test_whole_networks_with_either():
    """ResNets have torch's for speed; with ours in its place nothing changes but rounding."""
    torch.manual_seed(5)
    theirs = small_resnet(8, 1).double()
    ours = small_resnet(8, 1, norm=lambda channels: BatchNorm(channels, dims=4)).double()
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(6, 1, 8, 8).double()
    equal(ours(x), theirs(x))
    equal(ours.eval()(x), theirs.eval()(x))


def test_lenet_with_torchs():
    torch.manual_seed(5)
    ours = LeNet(1, 10, size=(8, 8), batch_norm=True).double()
    swapped = LeNet(1, 10, size=(8, 8), batch_norm=True).double()
    for index, layer in enumerate(swapped.layers):
        if isinstance(layer, BatchNorm):
            swapped.layers[index] = THEIRS[layer.dims](layer.num_features).double()
    swapped.load_state_dict(ours.state_dict())
    x = torch.randn(6, 1, 8, 8).double()
    equal(ours(x), swapped(x))
    equal(ours.eval()(x), swapped.eval()(x))
