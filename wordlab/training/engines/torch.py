"""Train SkipGram or CBOW by a plain torch loop, on any device that has sparse gradients.

Windows, noise words, initial vectors, learning rate and loss are the compiled trainer's; what
differs is that a step is made for a batch of windows at once. The loss of a batch is the sum over
its pairs, not the mean: the gradient of a sum is the sum of the steps that the compiled trainer
makes one after the other, so that a learning rate means the same to both. With batches of one
window they agree to float rounding; `docs/explanation/torch.md` says what larger batches change.
"""

from __future__ import annotations

import time

from wordlab.devices import check_device, torch_threads
from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError, MissingExtraError
from wordlab.progress import REPORT_INTERVAL, OnProgress
from wordlab.text import Corpus
from wordlab.training.history import History, describe_corpus
from wordlab.training.ledger import Ledger, Piece
from wordlab.training.objectives.word2vec.batches import Batch, batches
from wordlab.training.objectives.word2vec.config import Word2VecConfig
from wordlab.training.objectives.word2vec.huffman import huffman_codes
from wordlab.training.objectives.word2vec.torch_models import CBOW, SkipGram
from wordlab.training.objectives.word2vec.weights import Weights, check_corpus, fresh_weights

try:
    import torch
    from torch import Tensor
except ImportError as error:
    raise MissingExtraError("torch is not installed; pip install 'wordlab[torch]' brings it") from error

OPTIMIZERS = ("sgd", "sparse_adam")
BATCH_SIZE = 256


def train_torch(
    corpus: Corpus,
    config: Word2VecConfig | None = None,
    *,
    device: str = "cpu",
    optimizer: str = "sgd",
    batch_size: int = BATCH_SIZE,
    on_progress: OnProgress | None = None,
) -> WordVectors:
    """Word vectors learnt from `corpus` by torch, one row for each word of its vocabulary.

    `batch_size` windows make a step; with 2,048 of them SGD overshoots badly, with 256 it does not.
    `config.threads` is the number of torch's threads on the CPU.

    The result has `outputs` and `details` as that of `train`, and `details` names the engine, device,
    optimizer and batch_size, too. On the CPU equal corpora, configs and seeds give equal bytes; a GPU
    adds in any order.

    Raises ConfigError for options that make no sense or a device that is not there, CorpusError if
    the corpus is too small, TrainingError if the loss is no longer a finite number.
    """
    config = config or Word2VecConfig()
    check_corpus(corpus, config)
    _check_options(device, optimizer, batch_size)
    weights = fresh_weights(corpus, config)
    model = build_model(weights, config).to(device)
    with torch_threads(config.threads):
        losses = _run_epochs(
            model, corpus, config, optimizer=optimizer, batch_size=batch_size, on_progress=on_progress
        )  # fmt: skip
    details = History().details(None, config, losses, describe_corpus(corpus))
    engine = {"engine": "torch", "device": device, "optimizer": optimizer, "batch_size": batch_size}
    return WordVectors(
        corpus.vocabulary,
        model.inputs.weight.detach().cpu().numpy(),
        outputs=model.outputs.weight.detach().cpu().numpy(),
        tokenizer=corpus.tokenizer,
        details={**details, **engine},
    )


def build_model(weights: Weights, config: Word2VecConfig) -> SkipGram | CBOW:
    """The model of a config that begins with `weights`."""
    num_words, num_outputs = len(weights.inputs), len(weights.outputs)
    model: SkipGram | CBOW
    if config.model == "skipgram":
        model = SkipGram(num_words, config.dim, num_outputs=num_outputs)
    else:
        model = CBOW(
            num_words, config.dim, mean=config.cbow_mean, word2vec_gradient=True, num_outputs=num_outputs
        )
    with torch.no_grad():
        model.inputs.weight.copy_(torch.from_numpy(weights.inputs[:, : config.dim]))
        model.outputs.weight.copy_(torch.from_numpy(weights.outputs[:, : config.dim]))
    return model


def _run_epochs(
    model: SkipGram | CBOW,
    corpus: Corpus,
    config: Word2VecConfig,
    *,
    optimizer: str,
    batch_size: int,
    on_progress: OnProgress | None,
) -> list[float]:
    """Train for all epochs and return the mean loss of each, float64."""
    steps = _make_optimizer(model, optimizer)
    paths = huffman_codes(corpus.vocabulary.counts) if config.loss == "hierarchical" else None
    ledger = _BatchLedger(corpus, config, on_progress)
    for epoch in range(config.epochs):
        for batch in batches(corpus, config, epoch, batch_size, paths=paths):
            steps.param_groups[0]["lr"] = config.learning_rate_at(float(batch.progress.mean()))
            steps.zero_grad()
            loss = model.loss(**to_tensors(batch, model.inputs.weight.device))  # ()
            loss.backward()
            steps.step()
            num_pairs = int(batch.context_mask.sum()) if config.model == "skipgram" else len(batch)
            ledger.add(epoch, loss.detach(), num_pairs, float(batch.progress[-1]))
        ledger.end_epoch(epoch)
    return ledger.final_losses()


def to_tensors(batch: Batch, device: torch.device | str = "cpu") -> dict[str, Tensor]:
    """The arguments of `SkipGram.loss` and `CBOW.loss`."""
    names = ("contexts", "context_mask", "targets", "target_mask", "labels")
    return {name: torch.from_numpy(getattr(batch, name)).to(device) for name in names}


def _make_optimizer(model: SkipGram | CBOW, name: str) -> torch.optim.Optimizer:
    """The learning rate is set before each step; torch only wants one above 0 to begin with."""
    if name == "sgd":
        return torch.optim.SGD(model.parameters(), lr=1.0)
    return torch.optim.SparseAdam(list(model.parameters()), lr=1.0)


class _BatchLedger:
    """Hands losses to the ledger of the compiled trainer, some at a time.

    Reading a number from a GPU makes the program wait for it, so the losses stay there until it is
    time for a report. They are added up in float64 on the CPU, as some devices have no float64.
    """

    def __init__(self, corpus: Corpus, config: Word2VecConfig, on_progress: OnProgress | None) -> None:
        self._ledger = Ledger(corpus.num_tokens, config, on_progress)
        self._num_tokens = corpus.num_tokens
        self._config = config
        self._losses: list[Tensor] = []
        self._num_pairs = 0
        self._tokens_done = 0
        self._reported = time.perf_counter()

    def add(self, epoch: int, loss: Tensor, num_pairs: int, progress: float) -> None:
        self._losses.append(loss)
        self._num_pairs += num_pairs
        if time.perf_counter() - self._reported >= REPORT_INTERVAL:
            self._flush(epoch, int(progress * self._num_tokens * self._config.epochs))

    def end_epoch(self, epoch: int) -> None:
        self._flush(epoch, (epoch + 1) * self._num_tokens)

    def final_losses(self) -> list[float]:
        return self._ledger.final_losses()

    def _flush(self, epoch: int, tokens_done: int) -> None:
        loss = float(torch.stack(self._losses).cpu().double().sum()) if self._losses else 0.0
        self._ledger.add(Piece(epoch, (self._tokens_done, tokens_done)), loss, self._num_pairs)
        self._ledger.report()
        self._losses, self._num_pairs, self._tokens_done = [], 0, tokens_done
        self._reported = time.perf_counter()


def _check_options(device: str, optimizer: str, batch_size: int) -> None:
    if optimizer not in OPTIMIZERS:
        raise ConfigError(f"optimizer: expected one of {', '.join(OPTIMIZERS)}, found {optimizer!r}")
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        raise ConfigError(f"batch_size: expected a whole number from 1, found {batch_size!r}")
    check_device(device)
