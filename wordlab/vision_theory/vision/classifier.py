"""ImageClassifier: a trained network with all it needs to classify pixels, as a value and as an artefact."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wordlab import artifact, schema
from wordlab.checkpoint import check_weights, read_state, read_tensors, write_state
from wordlab.errors import ArtifactError
from wordlab.extras import need
from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.images import ImageData, Images, check_fits
from wordlab.vision_theory.vision.networks.building import build_network, num_parameters
from wordlab.vision_theory.vision.pixels import PixelScaler
from wordlab.vision_theory.vision.scores import History, Score

with need("torch"):
    import torch
    from safetensors.torch import save_file
    from torch import Tensor, nn
    from torch.nn import functional as F  # noqa: N812 - torch's own name for it

KIND = "image-classifier"
FORMAT_VERSION = 1
_WEIGHTS = "weights.safetensors"
_BATCH_SIZE = 512
_LONGEST_SIDE = 100_000  # pixels
_FACTS = {
    "config": dict,
    "classes": tuple[str, ...],
    "shape": tuple[int, int, int],
    "standardisation": {"mean": tuple[float, ...], "std": tuple[float, ...]},
    "metrics": dict,
    "data": {"name": str, "digest": str},
}


@dataclass(frozen=True)
class ImageClassifier:
    """A network, the config it was trained with, and what its answers and its input mean.

    `mean` and `std` are those of each channel of the training pixels. `state` is what training needs
    to continue, or None where it is not kept.
    """

    model: nn.Module
    config: VisionConfig
    classes: tuple[str, ...]
    shape: tuple[int, int, int]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    history: History = field(default_factory=History)
    data_name: str = ""
    data_digest: str = ""
    state: Mapping[str, Any] | None = None

    @property
    def num_parameters(self) -> int:
        """The number of values in the network that training learns."""
        return num_parameters(self.model)

    def logits(self, pixels: np.ndarray) -> Tensor:
        """The logits (num_images, class) of pixels (num_images, channel, height, width), uint8."""
        self.model.eval()
        scaler = PixelScaler(self.mean, self.std)
        with torch.inference_mode():
            return torch.cat([self.model(x) for x in scaler.in_order(pixels, _BATCH_SIZE)])

    def predict(self, pixels: np.ndarray) -> list[str]:
        """The class of each of the images (num_images, channel, height, width)."""
        return [self.classes[label] for label in self.logits(pixels).argmax(dim=1).tolist()]

    def score(self, images: Images) -> Score:
        """Loss, accuracy and confusion on `images`."""
        logits = self.logits(images.pixels)  # (num_images, class)
        labels = torch.from_numpy(images.labels)  # (num_images,)
        answers = logits.argmax(dim=1)  # (num_images,)
        confusion = np.zeros((len(self.classes), len(self.classes)), dtype=np.int64)
        np.add.at(confusion, (images.labels, answers.numpy()), 1)
        loss = float(F.cross_entropy(logits.double(), labels))
        return Score(loss, float((answers == labels).double().mean()), confusion, self.classes)

    def evaluate(self, data: ImageData) -> Score:
        """The score on the test images of `data`; ConfigError if their size or classes are others."""
        check_fits(data, self.shape, self.classes)
        return self.score(data.test)

    @property
    def finished(self) -> bool:
        """Whether all epochs of the config were run."""
        return len(self.history) >= self.config.epochs

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write an artefact of kind image-classifier; OutputExistsError, ArtifactError."""
        with artifact.create(path, kind=KIND, format_version=FORMAT_VERSION, overwrite=overwrite) as draft:
            weights = {name: value.contiguous() for name, value in self.model.state_dict().items()}
            save_file(weights, draft.payload(_WEIGHTS))
            if self.state is not None:
                write_state(draft, "training", self.state)
            draft.libraries = sorted({*draft.libraries, "safetensors", "torch"})
            draft.details.update(
                config=self.config.to_dict(),
                classes=list(self.classes),
                shape=list(self.shape),
                standardisation={"mean": list(self.mean), "std": list(self.std)},
                metrics=dataclasses.asdict(self.history),
                data={"name": self.data_name, "digest": self.data_digest},
            )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> ImageClassifier:
        """The classifier saved in `path`; ArtifactError if there is none, or if it is damaged."""
        found = artifact.load(path, kind=KIND, format_version=FORMAT_VERSION)
        where = f"{found.where}: details"
        details = schema.fields(found.details, _FACTS, where)
        config = schema.config_from(details["config"], VisionConfig, f"{where}: config", required=("model",))
        history = schema.config_from(details["metrics"], History, f"{where}: metrics")
        shape, classes = details["shape"], details["classes"]
        means, stds = details["standardisation"]["mean"], details["standardisation"]["std"]
        _check_facts(shape, classes, means, stds, history, where)
        with torch.device("meta"):  # a manifest can ask for more memory than there is
            expected = build_network(config, shape, len(classes))
        weights = read_tensors(found, _WEIGHTS)
        check_weights(expected, weights, str(found.payload(_WEIGHTS)))
        model = build_network(config, shape, len(classes)).to(memory_format=torch.channels_last)
        model.load_state_dict(weights)
        data = details["data"]["name"], details["data"]["digest"]
        state = read_state(found, "training") if "training.json" in found.manifest["payloads"] else None
        return cls(model, config, classes, shape, means, stds, history, *data, state)


def _check_facts(
    shape: tuple[int, ...],
    classes: tuple[str, ...],
    means: tuple[float, ...],
    stds: tuple[float, ...],
    history: History,
    where: str,
) -> None:
    """Raise ArtifactError for facts that no training gives, or that do not fit together."""
    if not all(1 <= side <= _LONGEST_SIDE for side in shape):
        raise ArtifactError(f"{where}: shape: expected sides from 1 to {_LONGEST_SIDE}, found {shape}")
    if len(classes) < 2 or len(set(classes)) < len(classes):
        raise ArtifactError(f"{where}: classes: expected two or more, each once, found {len(classes)}")
    finite = all(map(math.isfinite, (*means, *stds))) and min(stds, default=0) > 0
    if not finite or not len(means) == len(stds) == shape[0]:
        raise ArtifactError(
            f"{where}: standardisation: expected a finite mean and a std above 0 for each of {shape[0]} "
            f"channels, found {means} and {stds}"
        )
    if len({len(values) for values in vars(history).values()}) > 1:
        raise ArtifactError(f"{where}: metrics: expected one value an epoch, found uneven lists")
