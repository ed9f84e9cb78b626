"""Our networks against ones written independently from torch's layers, with the same weights."""

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402, N812

from wordlab.vision_theory.vision.networks.lenet import LeNet  # noqa: E402
from wordlab.vision_theory.vision.networks.resnet18 import resnet18  # noqa: E402
from wordlab.vision_theory.vision.networks.small_resnet import small_resnet  # noqa: E402


class CourseResidual(nn.Module):
    """The course's listing, section 8.6.2."""

    def __init__(self, in_channels, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, num_channels, kernel_size=3, padding=1, stride=strides)
        self.conv2 = nn.Conv2d(num_channels, num_channels, kernel_size=3, padding=1)
        self.conv3 = (
            nn.Conv2d(in_channels, num_channels, kernel_size=1, stride=strides) if use_1x1conv else None
        )
        self.bn1 = nn.BatchNorm2d(num_channels)
        self.bn2 = nn.BatchNorm2d(num_channels)

    def forward(self, X):  # noqa: N803 - as it stands there
        Y = F.relu(self.bn1(self.conv1(X)))
        Y = self.bn2(self.conv2(Y))
        if self.conv3:
            X = self.conv3(X)
        Y += X
        return F.relu(Y)


def course_resnet18(in_channels, num_classes, small):
    """Section 8.6.3; with the small stem as in section 13.6.1."""

    def stage(num_residuals, inputs, outputs, first=False):
        return nn.Sequential(
            *(
                CourseResidual(inputs, outputs, use_1x1conv=True, strides=2)
                if i == 0 and not first
                else CourseResidual(outputs, outputs)
                for i in range(num_residuals)
            )
        )

    if small:
        stem = [nn.Conv2d(in_channels, 64, kernel_size=3, stride=1, padding=1), nn.BatchNorm2d(64), nn.ReLU()]
    else:
        stem = [
            nn.Conv2d(in_channels, 64, kernel_size=7, stride=2, padding=3), nn.BatchNorm2d(64), nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2, padding=1),
        ]  # fmt: skip
    return nn.Sequential(
        *stem,
        stage(2, 64, 64, first=True), stage(2, 64, 128), stage(2, 128, 256), stage(2, 256, 512),
        nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(512, num_classes),
    )  # fmt: skip


class CifarBlock(nn.Module):
    """Section 4.2 of He et al. 2016a with option A, or without a shortcut."""

    def __init__(self, inputs, outputs, stride, residual):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs),
        )  # fmt: skip
        self.pool = nn.AvgPool2d(1, stride)  # takes every other pixel
        self.residual = residual

    def forward(self, x):
        y = self.body(x)
        if self.residual:
            x = self.pool(x)
            missing = y.shape[1] - x.shape[1]
            zeros = x.new_zeros(len(x), missing // 2, *x.shape[2:])
            y = y + (torch.cat((zeros, x, zeros), dim=1) if missing else x)
        return F.relu(y)


class PreActivationBlock(nn.Module):
    """Figure 4e of He et al. 2016b, with option A."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.BatchNorm2d(inputs), nn.ReLU(), nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
            nn.BatchNorm2d(outputs), nn.ReLU(), nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
        )  # fmt: skip
        self.pool = nn.AvgPool2d(1, stride)

    def forward(self, x):
        y, x = self.body(x), self.pool(x)
        zeros = x.new_zeros(len(x), (y.shape[1] - x.shape[1]) // 2, *x.shape[2:])
        return y + torch.cat((zeros, x, zeros), dim=1)


def cifar_net(depth, in_channels, block, *, pre_activation=False):
    layers, width = [nn.Conv2d(in_channels, 16, 3, 1, 1, bias=False)], 16
    if not pre_activation:
        layers += [nn.BatchNorm2d(16), nn.ReLU()]
    for outputs in (16, 32, 64):
        for _ in range((depth - 2) // 6):
            layers.append(block(width, outputs, 1 if width == outputs else 2))
            width = outputs
    if pre_activation:
        layers += [nn.BatchNorm2d(64), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def course_lenet(batch_norm, activation):
    """Sections 7.6 and 8.5.5, for images of 28x28."""

    def norm(layer):
        return [layer] if batch_norm else []

    return nn.Sequential(
        nn.Conv2d(1, 6, kernel_size=5, padding=2), *norm(nn.BatchNorm2d(6)), activation(),
        nn.AvgPool2d(kernel_size=2, stride=2),
        nn.Conv2d(6, 16, kernel_size=5), *norm(nn.BatchNorm2d(16)), activation(),
        nn.AvgPool2d(kernel_size=2, stride=2),
        nn.Flatten(),
        nn.Linear(400, 120), *norm(nn.BatchNorm1d(120)), activation(),
        nn.Linear(120, 84), *norm(nn.BatchNorm1d(84)), activation(),
        nn.Linear(84, 10),
    )  # fmt: skip


def forward_order(model, x):
    """The layers with parameters, in the order in which `model` uses them."""
    used, handles = [], []
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear) or hasattr(module, "running_var"):
            handles.append(module.register_forward_hook(lambda layer, *_: used.append(layer)))
    with torch.no_grad():
        model.eval()(x)
    for handle in handles:
        handle.remove()
    return used


def copy_weights(source, target, x):
    """Give `target` the weights of `source`, layer by layer in the order of use."""
    generator = torch.Generator().manual_seed(9)
    layers = forward_order(source, x), forward_order(target, x)
    assert len(layers[0]) == len(layers[1])
    for ours, theirs in zip(*layers, strict=True):
        with torch.no_grad():
            for name, value in ours.state_dict().items():
                if name in ("running_mean", "running_var", "weight") and value.dim() == 1:
                    value.copy_(torch.rand(value.shape, generator=generator) + 0.5)
        theirs.load_state_dict(ours.state_dict())


def check_equal(ours, theirs, x):
    ours, theirs, x = ours.double(), theirs.double(), x.double()
    copy_weights(ours, theirs, x)
    assert torch.allclose(ours.eval()(x), theirs.eval()(x), rtol=1e-6, atol=1e-9)
    outputs = ours.train()(x), theirs.train()(x)
    assert torch.allclose(*outputs, rtol=1e-6, atol=1e-9)
    for output in outputs:
        F.cross_entropy(output, torch.arange(len(x)) % 10).backward()
    for mine, other in zip(forward_order(ours, x), forward_order(theirs, x), strict=True):
        assert torch.allclose(mine.weight.grad, other.weight.grad, rtol=1e-6, atol=1e-9)


def images(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(4))


@pytest.mark.parametrize(("stem", "side"), [("small", 8), ("large", 64)])
def test_resnet18_of_the_course(stem, side):
    check_equal(resnet18(3, 10, stem=stem), course_resnet18(3, 10, stem == "small"), images(4, 3, side, side))


@pytest.mark.parametrize("residual", [True, False])
@pytest.mark.parametrize("depth", [8, 20])
def test_small_networks(depth, residual):
    theirs = cifar_net(depth, 3, lambda *sizes: CifarBlock(*sizes, residual=residual))
    check_equal(small_resnet(depth, 3, residual=residual), theirs, images(4, 3, 16, 16))


def test_pre_activation():
    theirs = cifar_net(14, 3, PreActivationBlock, pre_activation=True)
    check_equal(small_resnet(14, 3, pre_activation=True), theirs, images(4, 3, 16, 16))


@pytest.mark.parametrize("batch_norm", [True, False])
@pytest.mark.parametrize(("name", "activation"), [("sigmoid", nn.Sigmoid), ("relu", nn.ReLU)])
def test_lenet_of_the_course(batch_norm, name, activation):
    ours = LeNet(1, 10, size=(28, 28), batch_norm=batch_norm, activation=name)
    check_equal(ours, course_lenet(batch_norm, activation), images(6, 1, 28, 28))
