"""Blocks and networks: shapes, parameter counts of the papers, identities."""

import pytest

from wordlab.errors import ConfigError

torch = pytest.importorskip("torch")
from wordlab.vision_theory.vision.networks.building import num_parameters  # noqa: E402
from wordlab.vision_theory.vision.networks.lenet import LeNet  # noqa: E402
from wordlab.vision_theory.vision.networks.residual import ResidualBlock  # noqa: E402
from wordlab.vision_theory.vision.networks.resnet import ResNet  # noqa: E402
from wordlab.vision_theory.vision.networks.resnet18 import resnet18  # noqa: E402
from wordlab.vision_theory.vision.networks.small_resnet import small_resnet  # noqa: E402


def images(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("training", [True, False])
def test_a_block_begins_as_the_identity_when_its_last_scale_is_zero(training):
    x = images(4, 6, 5, 5).relu()  # as the output of a block before it
    block = ResidualBlock(6, 6, zero_last_scale=True).train(training)
    assert torch.equal(block(x), x)
    assert not torch.equal(ResidualBlock(6, 6).train(training)(x), x)
    torch.nn.init.ones_(block.norm2.weight)
    assert not torch.equal(block(x), x)


def test_a_network_of_such_blocks_is_its_stem():
    model = small_resnet(20, 1, zero_last_scale=True).eval()
    x = images(2, 1, 8, 8)
    h = model.norm(model.stem(x)).relu()[:, :, ::4, ::4]
    pooled = h.mean(dim=(2, 3))  # (2, 16), with zeros around it as channels were padded
    features = model.blocks(model.norm(model.stem(x)).relu()).mean(dim=(2, 3))
    assert torch.allclose(features[:, 24:40], pooled)
    assert not features[:, :24].any()
    assert not features[:, 40:].any()


@pytest.mark.parametrize("shortcut", ["convolution", "padding", "none"])
@pytest.mark.parametrize("pre_activation", [False, True])
@pytest.mark.parametrize(("size", "stride", "expected"), [(8, 1, 8), (8, 2, 4), (7, 2, 4), (1, 2, 1)])
def test_shapes(shortcut, pre_activation, size, stride, expected):
    block = ResidualBlock(3, 7, stride=stride, shortcut=shortcut, pre_activation=pre_activation)
    assert block(images(2, 3, size, size)).shape == (2, 7, expected, expected)


def test_the_padded_identity_by_hand():
    """Every other pixel, half of the new channels of zeros before, half behind (option A)."""
    block = ResidualBlock(2, 5, stride=2, shortcut="padding", pre_activation=True)
    torch.nn.init.zeros_(block.conv2.weight)
    x = torch.arange(2 * 16.0).view(1, 2, 4, 4)
    y = block(x)
    assert y[0, :, 0, 1].tolist() == [0, 2, 18, 0, 0]
    assert y[0, 1].tolist() == [[0, 2], [8, 10]]


def test_only_blocks_that_change_the_shape_have_a_convolution_in_the_shortcut():
    assert ResidualBlock(4, 4).conv3 is None
    assert ResidualBlock(4, 4, stride=2).conv3 is not None
    assert ResidualBlock(4, 8).conv3 is not None
    assert ResidualBlock(4, 8, shortcut="padding").conv3 is None


# He et al. 2016a, table 6: millions of parameters, as the paper rounds them.
@pytest.mark.parametrize(
    ("depth", "published"), [(20, "0.27"), (32, "0.46"), (44, "0.66"), (56, "0.85"), (110, "1.7")]
)
def test_published_parameter_counts(depth, published):
    number = num_parameters(small_resnet(depth)) / 1e6
    assert f"{number:.{len(published) - 2}f}" == published
    assert num_parameters(small_resnet(depth, residual=False)) == num_parameters(small_resnet(depth))


def test_layers_are_those_of_the_name():
    for depth in (8, 20, 110):
        layers = [
            m for m in small_resnet(depth).modules() if isinstance(m, torch.nn.Conv2d | torch.nn.Linear)
        ]
        assert len(layers) == depth
    convolutions = [m for m in resnet18(3, 10).modules() if isinstance(m, torch.nn.Conv2d)]
    assert len([c for c in convolutions if c.kernel_size != (1, 1)]) + 1 == 18


def test_the_course_resnet18_shapes():
    """Section 8.6.3: 224 -> 56 after the stem, then 56, 28, 14, 7."""
    model, h = resnet18(1, 10).eval(), images(1, 1, 224, 224)
    h = model.pool(model.norm(model.stem(h)).relu())
    sides = []
    for block in model.blocks:
        h = block(h)
        sides.append(tuple(h.shape[1:]))
    assert sides[1::2] == [(64, 56, 56), (128, 28, 28), (256, 14, 14), (512, 7, 7)]


def test_a_small_stem_keeps_the_side():
    assert resnet18(1, 10, stem="small")(images(2, 1, 8, 8)).shape == (2, 10)
    assert resnet18(1, 10, stem="small").stem(images(2, 1, 8, 8)).shape == (2, 64, 8, 8)


def test_plain_networks_have_no_shortcut():
    model = small_resnet(8, 1, residual=False)
    torch.nn.init.zeros_(model.blocks[0].norm2.weight)
    x = images(2, 16, 8, 8)
    assert not model.blocks[0](x).any()
    assert small_resnet(8, 1).blocks[0].shortcut == "padding"


@pytest.mark.parametrize(("side", "batch_norm"), [(4, False), (8, True), (12, False), (28, True)])
def test_lenet_of_any_size(side, batch_norm):
    assert LeNet(3, 7, size=(side, side + 1), batch_norm=batch_norm)(images(2, 3, side, side + 1)).shape == (
        2,
        7,
    )


def test_lenet_of_the_course_has_its_parameters():
    # Section 7.6: 5x5x6+6, 5x5x6x16+16, 400x120+120, 120x84+84, 84x10+10
    assert num_parameters(LeNet(1, 10, size=(28, 28))) == 156 + 2_416 + 48_120 + 10_164 + 850


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: small_resnet(21), "depth: expected 6n \\+ 2 layers .* found 21"),
        (lambda: ResidualBlock(3, 3, shortcut="long"), "shortcut: expected one of convolution, .*'long'"),
        (lambda: ResidualBlock(3, 2, shortcut="padding"), "out_channels: expected 3 or more with padding"),
        (lambda: ResidualBlock(3, 3, stride=0), "stride: expected 1 or more, found 0"),
        (
            lambda: ResidualBlock(3, 3, zero_last_scale=True, pre_activation=True),
            "zero_last_scale: expected False with pre_activation",
        ),
        (lambda: ResNet(1, 2, blocks=(1,), channels=(4,), stem="tall"), "stem: expected one of small, large"),
        (lambda: LeNet(1, 2, size=(3, 9)), "size: expected images of 4x4 or more for LeNet, found 3x9"),
        (lambda: LeNet(1, 2, size=(9, 9), activation="tanh"), "activation: expected one of sigmoid, relu"),
    ],
)
def test_invalid_options(make, message):
    with pytest.raises(ConfigError, match=message):
        make()
