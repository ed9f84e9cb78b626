"""The torch engine against the compiled one, the float64 reference and formulas derived by hand."""

import copy
import dataclasses

import numpy as np
import pytest
from scipy.special import expit

from tests.training import reference
from wordlab import artifact
from wordlab.compiled.huffman import huffman_codes
from wordlab.compiled.noise import noise_tables
from wordlab.errors import ConfigError, CorpusError, TrainingError
from wordlab.text import Corpus, Tokenizer, keep_probabilities
from wordlab.training import Word2VecConfig, train
from wordlab.training.checkpoints import FORMAT_VERSION, KIND
from wordlab.training.ledger import SPAN, Piece, learning_rates
from wordlab.training.objectives.word2vec.config import LOSSES
from wordlab.training.objectives.word2vec.objective import Word2Vec
from wordlab.training.objectives.word2vec.weights import fresh_weights

torch = pytest.importorskip("torch")
from wordlab.training.objectives.word2vec.torch_models import CBOW, SkipGram  # noqa: E402

TOPICS = ("apple pear plum cherry grape", "iron copper zinc silver gold", "red blue green brown white")
VARIANTS = [{"model": "skipgram"}, {"model": "cbow"}, {"model": "cbow", "cbow_mean": False}]
MODELS = {
    "skipgram": SkipGram,
    "cbow mean": CBOW,
    "cbow sum": lambda *sizes, **options: CBOW(*sizes, mean=False, **options),
}


def kind_of(options):
    if options["model"] == "skipgram":
        return "skipgram"
    return "cbow mean" if options.get("cbow_mean", True) else "cbow sum"


def config(**options):
    return Word2VecConfig(**{"dim": 20, "window": 3, "subsample": 0.0, "threads": 1, "epochs": 3, **options})


def topic_corpus(num_lines):
    rng = np.random.default_rng(7)
    lines = [" ".join(rng.choice(TOPICS[i % 3].split(), size=12)) for i in range(num_lines)]
    return Corpus.from_lines(lines, tokenizer=Tokenizer("whitespace"))


def permuted_corpus(num_lines, num_words=12):
    """No word is twice in a line, so that no window has a word twice."""
    rng = np.random.default_rng(7)
    lines = [" ".join(map(str, rng.permutation(num_words))) for _ in range(num_lines)]
    return Corpus.from_lines(lines, tokenizer=Tokenizer("whitespace"))


def train_torch(corpus, config, **options):
    return train(corpus, config, engine="torch", **options)


def reader(corpus, config, size=256):
    return Word2Vec(corpus, config, fresh_weights(corpus, config)).torch_step(size)[1]


def batches(corpus, config, epoch, size):
    """The windows of one epoch, `size` at a time."""
    whole = Piece(epoch, (*range(0, corpus.num_tokens, SPAN), corpus.num_tokens))
    return reader(corpus, config, size).batches(whole)


def compiled_step(corpus, config, span, model):
    """Train on one span from the weights of `model`: (loss, number of pairs, changes of the weights)."""
    weights = fresh_weights(corpus, config)
    after = [weights.inputs, weights.outputs]
    for rows, weight in zip(after, model.parameters(), strict=True):
        rows[:, : config.dim] = weight.detach().numpy()
    before = [rows.copy() for rows in after]
    rates = learning_rates(span, corpus.num_tokens, config)
    objective = Word2Vec(corpus, config, weights)
    objective.span = span.num_tokens  # what the step has room for
    loss, num_pairs = objective.compiled_step(1)(0, span, rates)
    changes = [(new - old)[:, : config.dim] for new, old in zip(after, before, strict=True)]
    return loss, num_pairs, changes


def random_model(build, num_words, dim, dtype=torch.float64):
    model = build(num_words, dim).to(dtype)
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(torch.from_numpy(np.random.default_rng(5).normal(size=weight.shape)))
    return model


def gradients(model, batch):
    """The dense gradients of the inputs and outputs, by autograd."""
    model.zero_grad()
    model.loss(**batch.tensors()).backward()
    assert model.inputs.weight.grad.is_sparse
    assert model.outputs.weight.grad.is_sparse
    return model.inputs.weight.grad.to_dense().numpy(), model.outputs.weight.grad.to_dense().numpy()


def gradients_by_hand(inputs, outputs, batch, kind):
    """docs/explanation/torch.md, equation by equation, one window after the other."""
    input_gradients, output_gradients = np.zeros_like(inputs), np.zeros_like(outputs)
    for row in range(len(batch)):
        context = batch.contexts[row][batch.context_mask[row]]
        targets = batch.targets[row][batch.target_mask[row]]
        labels = batch.labels[row][batch.target_mask[row]]
        m, t = len(context), outputs[targets]
        if kind == "skipgram":
            for word in context:
                error = expit(t @ inputs[word]) - labels
                input_gradients[word] += error @ t
                np.add.at(output_gradients, targets, np.outer(error, inputs[word]))
        else:
            share = 1 / m if kind == "cbow mean" else 1
            h = share * inputs[context].sum(axis=0)
            error = expit(t @ h) - labels
            np.add.at(input_gradients, context, share * (error @ t))
            np.add.at(output_gradients, targets, np.outer(error, h))
    return input_gradients, output_gradients


@pytest.mark.parametrize("kind", MODELS)
def test_autograd_equals_the_gradients_derived_by_hand(kind):
    corpus = topic_corpus(20)
    batch = next(batches(corpus, config(negative=8), 0, 200))
    assert not batch.context_mask.all()
    assert not batch.target_mask.all()
    model = random_model(MODELS[kind], len(corpus.vocabulary), 20)
    weights = [weight.detach().numpy() for weight in model.parameters()]
    for found, expected in zip(
        gradients(model, batch), gradients_by_hand(*weights, batch, kind), strict=True
    ):
        assert abs(expected).max() > 1
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("options", VARIANTS, ids=str)
@pytest.mark.parametrize("place", [0, 5, 11, 30])
def test_one_step_equals_that_of_the_compiled_kernel(options, place):
    """With step size 1 the change of the weights is the negative gradient.

    The reference is the kernel written out in float64, so that nothing but rounding is between them;
    the kernel itself calculates in float32.
    """
    corpus = permuted_corpus(9)
    step = config(**options, learning_rate=1.0, min_learning_rate=1.0, negative=8, epochs=1)
    span = Piece(0, (place, place + 1))
    batch = reader(corpus, step).windows(0, place, place + 1)
    assert len(batch) == 1
    model = random_model(MODELS[kind_of(options)], len(corpus.vocabulary), step.dim)
    before = [weight.detach().numpy() for weight in model.parameters()]
    input_gradient, output_gradient = gradients(model, batch)
    # word2vec.c's rule for CBOW: no factor 1/m where the mean has one, and one where the sum has none.
    m = batch.context_mask.sum()
    input_gradient *= {"skipgram": 1, "cbow mean": m, "cbow sum": 1 / m}[kind_of(options)]

    counts = corpus.vocabulary.counts
    after = [weight.copy() for weight in before]
    reference.train_span(
        corpus.token_ids, corpus.line_offsets, *span.starts,
        keep_probabilities(counts, 0.0), noise_tables(counts, step.ns_exponent), step, (1.0, 1.0),
        int(np.random.SeedSequence(step.seed).generate_state(1, np.uint64)[0]), *after,
    )  # fmt: skip
    for old, new, gradient in zip(before, after, (input_gradient, output_gradient), strict=True):
        assert abs(gradient).max() > 0.1
        np.testing.assert_allclose(old - new, gradient, rtol=0, atol=1e-10)

    *_, changes = compiled_step(corpus, step, span, model)
    for change, gradient in zip(changes, (input_gradient, output_gradient), strict=True):
        np.testing.assert_allclose(-change, gradient, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", ["cbow mean", "cbow sum"])
def test_the_word2vec_gradient_of_cbow_differs_by_the_size_of_the_window_only(kind):
    batch = next(batches(topic_corpus(20), config(shrink_windows=False), 0, 1))
    m = batch.context_mask.sum()
    assert m > 1
    exact = random_model(MODELS[kind], 15, 20)
    ours = copy.deepcopy(exact)
    ours.word2vec_gradient = True
    assert ours.loss(**batch.tensors()).item() == exact.loss(**batch.tensors()).item()
    (inputs, outputs), (exact_inputs, exact_outputs) = gradients(ours, batch), gradients(exact, batch)
    np.testing.assert_allclose(inputs, exact_inputs * (m if kind == "cbow mean" else 1 / m), rtol=1e-12)
    np.testing.assert_array_equal(outputs, exact_outputs)


@pytest.mark.parametrize("options", VARIANTS, ids=str)
@pytest.mark.parametrize("subsample", [0.0, 0.01])
def test_batches_hold_the_draws_of_the_compiled_trainer(options, subsample):
    """Random weights that stand still: the losses agree only if all windows and noise words do."""
    corpus = topic_corpus(1_000)  # more than one span
    still = config(**options, subsample=subsample, learning_rate=0.0, min_learning_rate=0.0)
    model = random_model(MODELS[kind_of(options)], len(corpus.vocabulary), 20, torch.float32)
    windows = reader(corpus, still).windows
    for span in (Piece(0, (0, 8_192)), Piece(1, (8_192, corpus.num_tokens))):
        loss, num_pairs, _ = compiled_step(corpus, still, span, model)
        batch = windows(span.epoch, *span.starts)
        pairs = batch.context_mask.sum() if options["model"] == "skipgram" else len(batch)
        assert pairs == num_pairs > 1_000
        assert model.loss(**batch.tensors()).item() == pytest.approx(loss, rel=1e-5)


@pytest.mark.parametrize("options", VARIANTS, ids=str)
@pytest.mark.parametrize("loss", LOSSES)
def test_batches_of_one_window_train_as_the_compiled_trainer_does(options, loss):
    corpus = permuted_corpus(60)
    same = config(**options, loss=loss, learning_rate=0.2, deterministic=False)  # window by window
    expected = train(corpus, same)
    found = train_torch(corpus, same, batch_size=1)
    assert abs(expected.matrix).max() > 0.2  # began within 0.05
    np.testing.assert_allclose(found.matrix, expected.matrix, rtol=0, atol=1e-5)
    np.testing.assert_allclose(found.details["losses"], expected.details["losses"], rtol=1e-5)


@pytest.mark.parametrize("size", [1, 7, 64, 100_000])
def test_batches_are_the_same_windows_however_they_are_cut(size):
    corpus, subsampled = topic_corpus(1_000), config(subsample=0.01)
    pieces = list(batches(corpus, subsampled, 1, size))
    whole = next(batches(corpus, subsampled, 1, 10**9))
    assert {len(piece) for piece in pieces[:-1]} <= {size}
    for field in dataclasses.fields(whole):
        joined = np.concatenate([getattr(piece, field.name) for piece in pieces])
        np.testing.assert_array_equal(joined, getattr(whole, field.name))
    assert whole.context_mask.any(axis=1).all()
    other = next(batches(corpus, subsampled, 2, 10**9))
    assert len(other) != len(whole)  # subsampled afresh


def test_windows_never_cross_a_line():
    corpus = Corpus.from_lines(["a b c", "d e", "f", "g h i j"], tokenizer=Tokenizer("whitespace"))
    (batch,) = batches(corpus, config(window=2, shrink_windows=False), 0, 100)
    words = corpus.vocabulary.words
    found = {
        words[targets[0]]: "".join(words[id] for id in context[mask])
        for context, mask, targets in zip(batch.contexts, batch.context_mask, batch.targets, strict=True)
    }
    assert found == {
        "a": "bc", "b": "ac", "c": "ab", "d": "e", "e": "d", "g": "hi", "h": "gij", "i": "ghj", "j": "hi"
    }  # fmt: skip


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("hierarchical", [False, True])
def test_masks_never_leak(kind, hierarchical):
    corpus = topic_corpus(20)
    loss = "hierarchical" if hierarchical else "negative"
    batch = next(batches(corpus, config(negative=8, loss=loss), 0, 200))
    rng = np.random.default_rng(1)
    garbage = dataclasses.replace(
        batch,
        contexts=np.where(batch.context_mask, batch.contexts, rng.integers(0, 15, batch.contexts.shape)),
        targets=np.where(batch.target_mask, batch.targets, rng.integers(0, 14, batch.targets.shape)),
        labels=np.where(batch.target_mask, batch.labels, 1 - batch.labels),
    )
    assert (garbage.contexts != batch.contexts).any()
    assert (garbage.targets != batch.targets).any()
    model = random_model(MODELS[kind], 15, 20)
    assert model.loss(**garbage.tensors()).item() == pytest.approx(
        model.loss(**batch.tensors()).item(), rel=1e-14
    )
    for found, expected in zip(gradients(model, garbage), gradients(model, batch), strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("hierarchical", [False, True])
def test_gradients_have_the_rows_of_the_batch_only(hierarchical):
    """Else an optimiser with a memory would move words that were not there."""
    corpus = permuted_corpus(3, num_words=200)
    *_, batch = batches(corpus, config(loss="hierarchical" if hierarchical else "negative"), 0, 4)
    model = SkipGram(200, 20)
    model.loss(**batch.tensors()).backward()
    for name, weight in (("context", model.inputs.weight), ("target", model.outputs.weight)):
        used = getattr(batch, f"{name}s")[getattr(batch, f"{name}_mask")]
        assert set(weight.grad.coalesce().indices().flatten().tolist()) == set(used.tolist())


def test_hierarchical_probabilities_sum_to_one():
    """The loss of a word is -log of its probability, so over all words the probabilities sum to 1."""
    counts = np.array([50, 20, 9, 9, 5, 3, 1])
    paths = huffman_codes(counts)
    model = random_model(lambda *sizes: SkipGram(*sizes, num_outputs=6), 7, 20)
    losses = []
    for word in range(7):
        walk = slice(paths.offsets[word], paths.offsets[word + 1])
        targets = torch.from_numpy(paths.points[walk].astype(np.int64))[None]
        labels = torch.from_numpy(1.0 - paths.codes[walk])[None]
        mask = torch.ones_like(targets, dtype=torch.bool)
        losses.append(model.loss(torch.tensor([[3]]), torch.tensor([[True]]), targets, mask, labels).item())
    assert np.exp(-np.array(losses)).sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("model", ["skipgram", "cbow"])
@pytest.mark.parametrize("loss", LOSSES)
def test_words_of_a_topic_become_neighbours(model, loss):
    vectors = train_torch(topic_corpus(900), config(model=model, loss=loss, epochs=10), batch_size=32)
    for topic in TOPICS:
        for word in topic.split():
            assert {near.word for near in vectors.nearest(word, k=4)} == set(topic.split()) - {word}
    losses = vectors.details["losses"]
    assert losses == sorted(losses, reverse=True)


@pytest.mark.parametrize("optimizer", ["sgd", "sparse_adam"])
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_equal_seeds_give_equal_vectors(device, optimizer):
    if not (device == "cpu" or getattr(torch, device).is_available()):
        pytest.skip(f"no {device} here")
    corpus = topic_corpus(100)
    options = {"device": device, "optimizer": optimizer, "batch_size": 32}
    one, same, other = (train_torch(corpus, config(seed=seed), **options) for seed in (1, 1, 2))
    # A GPU adds up the rows of a sparse gradient in any order.
    np.testing.assert_allclose(one.matrix, same.matrix, rtol=0, atol=0 if device == "cpu" else 1e-4)
    assert abs(one.matrix - other.matrix).max() > 1e-2
    details = one.details
    assert (details["engine"], details["device"], details["optimizer"]) == ("torch", device, optimizer)


def test_shapes_on_the_meta_device():
    contexts, targets = torch.zeros(5, 6, dtype=torch.long), torch.zeros(5, 4, dtype=torch.long)
    with torch.device("meta"):
        assert SkipGram(9, 2)(contexts.to("meta"), targets.to("meta")).shape == (5, 6, 4)
        mask = torch.ones(5, 6, dtype=torch.bool)
        assert CBOW(9, 2)(contexts.to("meta"), mask, targets.to("meta")).shape == (5, 1, 4)


def test_progress_ends_at_the_end():
    reports = []
    corpus = topic_corpus(300)
    train_torch(corpus, config(epochs=2), batch_size=32, on_progress=reports.append)
    assert reports[-1].done == reports[-1].total == 2 * corpus.num_tokens
    assert [report.done for report in reports] == sorted(report.done for report in reports)
    assert reports[-1].metrics["learning_rate"] == pytest.approx(Word2VecConfig().min_learning_rate)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimizer": "adam"}, "optimizer: expected one of sgd, sparse_adam, found 'adam'"),
        ({"batch_size": 0}, "batch_size: expected a whole number from 1, found 0"),
        ({"batch_size": 2.5}, "batch_size: expected a whole number from 1, found 2.5"),
        ({"device": "meta"}, "device: expected one that this torch can use (cpu), found 'meta'"),
        ({"device": "abacus"}, "device: expected one that this torch can use (cpu), found 'abacus'"),
        ({"device": "cuda:99"}, "device: expected one that this torch can use (cpu), found 'cuda:99'"),
    ],
)
def test_nonsense_is_refused_by_name(options, message):
    with pytest.raises(ConfigError) as error:
        train_torch(topic_corpus(10), config(), **options)
    if not (torch.cuda.is_available() or torch.backends.mps.is_available()):
        assert str(error.value) == message


def test_a_corpus_too_small_and_a_loss_that_explodes_are_refused_as_by_the_compiled_trainer():
    tiny = Corpus.from_lines(["a b c d e f"] * 2, tokenizer=Tokenizer("whitespace"))
    with pytest.raises(CorpusError, match="expected words to train on in each epoch, found none in epoch 1"):
        train_torch(tiny, config(subsample=1e-9))
    with pytest.raises(TrainingError, match=r"the loss is \S+ in epoch [1-9], after"):
        train_torch(
            topic_corpus(100), config(learning_rate=10.0, min_learning_rate=10.0, epochs=30), batch_size=4_096
        )


def test_threads_are_given_back():
    before = torch.get_num_threads()
    train_torch(topic_corpus(10), config(threads=before + 1))
    assert torch.get_num_threads() == before


@pytest.mark.parametrize("options", [*VARIANTS, {"model": "cbow", "loss": "hierarchical"}], ids=str)
def test_training_continues_from_vectors_as_the_compiled_engine_does(options):
    """With words on either side that the other lacks, so that rows are in an order of their own."""
    steady = config(**options, learning_rate=0.2, deterministic=False, epochs=2)
    lines = [" ".join(map(str, np.random.default_rng(seed).permutation(12))) for seed in range(40)]
    one = Corpus.from_lines(lines, tokenizer=Tokenizer("whitespace"))
    other = Corpus.from_lines(
        [line.replace("1", "x").replace("2", "y") for line in lines[:30]], tokenizer=Tokenizer("whitespace")
    )
    start = train(one, steady)
    expected = train(other, steady, start=start)
    found = train_torch(other, steady, start=start, batch_size=1)
    assert found.vocabulary == expected.vocabulary
    np.testing.assert_allclose(found.matrix, expected.matrix, rtol=0, atol=1e-5)
    np.testing.assert_allclose(found.outputs, expected.outputs, rtol=0, atol=1e-5)
    assert found.details["engine"] == "torch"
    assert len(found.details["runs"]) == 2
    assert "engine" not in train(other, steady, start=found).details


def test_two_epochs_and_two_more_are_four():
    corpus = topic_corpus(800)
    steady = {"learning_rate": 0.03, "min_learning_rate": 0.03}
    whole = train_torch(corpus, config(epochs=4, **steady), batch_size=16)
    half = train_torch(corpus, config(epochs=2, **steady), batch_size=16)
    resumed = train_torch(corpus, config(epochs=2, **steady), start=half, batch_size=16)
    assert resumed.matrix.tobytes() == whole.matrix.tobytes()
    assert resumed.outputs.tobytes() == whole.outputs.tobytes()


class Stop:
    """Presses Ctrl-C at the given report of training."""

    def __init__(self, number):
        self.left = number

    def __call__(self, progress):
        self.left -= progress.task == "train"
        if self.left == 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("options", [{}, {"model": "cbow"}, {"loss": "hierarchical"}], ids=str)
@pytest.mark.parametrize("optimizer", ["sgd", "sparse_adam"])
def test_an_interrupted_run_ends_with_the_bytes_of_a_whole_one(tmp_path, options, optimizer):
    corpus = topic_corpus(2_000)  # three spans; 700 windows to a batch leave some waiting after each
    settings = config(**options, epochs=40, learning_rate=5e-4)
    how = {"optimizer": optimizer, "batch_size": 700}
    whole = train_torch(corpus, settings, **how)
    state, done = tmp_path / "state", []
    for resume in (False, True):
        with pytest.raises(KeyboardInterrupt):
            train_torch(
                corpus, settings, **how, checkpoint=state, checkpoint_every=0.01, resume=resume,
                on_progress=Stop(2),
            )  # fmt: skip
        saved = artifact.load(state, kind=KIND, format_version=FORMAT_VERSION)
        done.append(saved.details["progress"]["tokens_done"])
        assert saved.details["engine"] == "torch"
    assert 0 < done[0] < done[1] < 40 * corpus.num_tokens
    resumed = train_torch(corpus, settings, **how, checkpoint=state, resume=True)
    assert resumed.matrix.tobytes() == whole.matrix.tobytes()
    assert resumed.outputs.tobytes() == whole.outputs.tobytes()
    assert resumed.details["losses"] == whole.details["losses"]


def test_a_checkpoint_belongs_to_its_engine_and_its_options(tmp_path):
    corpus, settings = topic_corpus(800), config(epochs=50, learning_rate=5e-4)
    how = {"checkpoint": tmp_path / "state", "checkpoint_every": 0.01}
    with pytest.raises(KeyboardInterrupt):
        train_torch(corpus, settings, **how, on_progress=Stop(2))
    with pytest.raises(
        ConfigError, match=r"engine: expected torch, as the training in .* began with, found compiled"
    ):
        train(corpus, settings, **how, resume=True)
    with pytest.raises(
        ConfigError, match=r"batch_size: expected 256, as the training in .* began with, found 7"
    ):
        train_torch(corpus, settings, **how, resume=True, batch_size=7)
