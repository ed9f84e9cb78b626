"""The weights that training changes: fresh ones, or those of earlier vectors, and back again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordlab.compiled.huffman import huffman_codes
from wordlab.compiled.rows import padded_zeros, without_padding
from wordlab.embeddings import WordVectors
from wordlab.errors import ConfigError, CorpusError
from wordlab.text import Corpus, Vocabulary
from wordlab.training.history import History
from wordlab.training.objectives import growing, recorded_config
from wordlab.training.objectives.word2vec.config import Ties, Word2VecConfig
from wordlab.training.objectives.word2vec.sizes import spare_rows
from wordlab.training.objectives.word2vec.words import words_of

_BLOCK = 4_096  # rows drawn at a time


@dataclass(frozen=True)
class Weights:
    """Input and output vectors in the kernel's layout, and which word each row belongs to.

    The first rows belong to the corpus's own ids, so that the kernel can index by token id; after
    them come the end of a line, if it is a word, and the words that only the earlier vectors have.
    """

    inputs: np.ndarray
    """float32 (num_rows, dim rounded up to LANES), rows at cache lines, zero beyond dim."""
    outputs: np.ndarray
    """As `inputs`, the vectors of words as targets; or, with rows in an order of their own, those of
    the inner nodes of the Huffman tree of `vocabulary`."""
    counts: np.ndarray
    """int64 (num_rows,): how often the word of each row occurs, all runs together."""
    vocabulary: Vocabulary
    """The vocabulary of the result, in descending count."""
    rows: np.ndarray
    """int64 (num_rows,): the row of each word of `vocabulary`."""
    positions: np.ndarray
    """As `inputs`, a row for each place of a window's words; none without position weights."""
    num_tokens_read: int | None
    """As `Corpus.num_tokens_read`, all runs together; None where a run has not recorded it."""

    @property
    def all(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Inputs, outputs and positions."""
        return self.inputs, self.outputs, self.positions

    @property
    def matrices(self) -> dict[str, np.ndarray]:
        """All by name."""
        matrices = {"inputs": self.inputs, "outputs": self.outputs}
        return matrices | ({"positions": self.positions} if len(self.positions) else {})

    @property
    def word_ids(self) -> np.ndarray:
        """int64 (num_rows,): the id in `vocabulary` of the word of each row."""
        return np.argsort(self.rows)

    def unpadded(self, config: Word2VecConfig) -> tuple[np.ndarray, np.ndarray]:
        """Input and output vectors (num_words, dim) in the order of `vocabulary`.

        They take over the memory of these weights, which must not be used afterwards: at no time do four
        matrices exist.
        """
        inputs, outputs = (without_padding(matrix, config.dim) for matrix in (self.inputs, self.outputs))
        return self.in_order(inputs), outputs if config.hierarchical else self.in_order(outputs)

    def in_order(self, matrix: np.ndarray) -> np.ndarray:
        """A matrix with a row for each word, in the order of `vocabulary`; itself if it is so already."""
        return growing.in_order(matrix, self.rows)


def begun_weights(
    corpus: Corpus, config: Word2VecConfig, start: WordVectors | None, history: History
) -> Weights:
    """Fresh weights, those that `start` guides, or those of `start` extended by the words that it lacks."""
    if start is None:
        return fresh_weights(corpus, config)
    if config.compass:
        return guided_weights(corpus, config, start)
    return continued_weights(corpus, config, start, num_runs=len(history.runs), counted=history.counted)


def fresh_weights(corpus: Corpus, config: Word2VecConfig) -> Weights:
    """Initial vectors for the words of `corpus`: random inputs, outputs of zero, as in gensim."""
    own = words_of(corpus, config)
    num_words = len(own.words)
    vocabulary, rows = corpus.vocabulary, np.arange(num_words)
    if config.line_end:
        vocabulary, rows = growing.by_count(own.words, own.counts, rows)
    spare = spare_rows(num_words, corpus.num_tokens, config)
    inputs = padded_zeros(num_words, config.dim, spare=spare.inputs)
    randomise(inputs[:, : config.dim], np.random.PCG64(config.seed))
    outputs = padded_zeros(config.num_outputs(num_words), config.dim, spare=spare.outputs)
    return Weights(
        inputs,
        outputs,
        own.counts,
        vocabulary,
        rows,
        begun_positions(config, None, spare.positions),
        corpus.num_tokens_read,
    )


def begun_positions(config: Word2VecConfig, start: WordVectors | None, spare: int) -> np.ndarray:
    """Position weights in the kernel's layout: those of `start`, or ones, as if there were none."""
    positions = padded_zeros(2 * config.window if config.position_weights else 0, config.dim, spare=spare)
    learnt = None if start is None else start.position_weights
    positions[:, : config.dim] = 1 if learnt is None else learnt
    return positions


def check_corpus(corpus: Corpus, config: Word2VecConfig) -> None:
    """Raise CorpusError if `corpus` is too small to train on with `config`."""
    if corpus.num_tokens <= config.window:
        raise CorpusError(
            f"expected a corpus longer than a window of {config.window} words, "
            f"found {corpus.num_tokens} tokens"
        )
    if np.diff(corpus.line_offsets).max() < 2 and not config.line_end:
        raise CorpusError("expected a line of two words or more, found single words only: nothing to predict")
    corpus.keep_probabilities(config.subsample, form=config.subsample_form)  # which says what it lacks


def check_start(start: WordVectors, corpus: Corpus, config: Word2VecConfig) -> None:
    """Raise ConfigError or CorpusError if training on `corpus` with `config` cannot continue from `start`."""
    if start.dim != config.dim:
        raise ConfigError(f"dim: expected {start.dim}, as the vectors to start from have, found {config.dim}")
    positions = start.position_weights
    if config.position_weights and positions is not None and len(positions) != 2 * config.window:
        raise ConfigError(
            f"window: expected {len(positions) // 2}, as the position weights to start from have, "
            f"found {config.window}"
        )
    loss = recorded_config(start).get("loss", config.loss)
    if start.outputs is not None and loss != config.loss:
        raise ConfigError(f"loss: expected {loss}, as the vectors to start from have, found {config.loss}")
    if start.tokenizer not in (None, corpus.tokenizer):
        raise CorpusError(
            f"expected a corpus made by the tokenizer of the vectors to start from, {start.tokenizer}, "
            f"found {corpus.tokenizer}"
        )
    if config.by_all_tokens and start.vocabulary.num_tokens and "num_tokens_read" not in start.details:
        raise ConfigError(
            "subsample_form: expected word2vec or paper, as the vectors to start from do not record how many "
            "tokens were read for their counts, found fasttext"
        )


def check_compass(compass: WordVectors | None, corpus: Corpus, config: Word2VecConfig) -> None:
    """Raise ConfigError or CorpusError if `compass` cannot guide training on `corpus` with `config`."""
    if compass is None:
        raise ConfigError("compass: expected vectors to start from, whose outputs are kept, found none")
    recorded = recorded_config(compass)
    model = recorded.get("model", recorded.get("objective", config.model))
    if model != config.model:
        raise ConfigError(f"model: expected {model}, as the compass has, found {config.model}")
    if compass.outputs is None:
        raise ConfigError("compass: expected vectors with output vectors, as training saves them, found none")
    if not any(word in compass for word in words_of(corpus, config).words):
        raise CorpusError("expected a corpus with words of the compass, found none of them")


def guided_weights(corpus: Corpus, config: Word2VecConfig, compass: WordVectors) -> Weights:
    """Weights for a part of the text that `compass` was trained on, whose outputs will stay as they are.

    Di Carlo, Bianchi and Palmonari (2019), "Training Temporal Word Embeddings with a Compass". As two parts
    are trained towards the same outputs, a word has vectors near each other where it stands among the same
    words, and no rotation is needed to compare them.

    - Words and counts are those of `corpus` alone: they begin with the compass's input vectors.
    - A word that the compass lacks begins with a random input vector, which its contexts take to its place.
      Its output vector stays zero, so that as a target it moves nothing.
    """
    weights = fresh_weights(corpus, config)
    words = words_of(corpus, config).words
    known = np.array([row for row, word in enumerate(words) if word in compass], dtype=np.int64)
    ids = np.array([compass.vocabulary.get(words[row]) for row in known], dtype=np.int64)
    weights.inputs[known, : config.dim] = compass.matrix[ids]
    weights.outputs[known, : config.dim] = compass.outputs[ids]  # which check_compass saw
    return weights


def continued_weights(
    corpus: Corpus, config: Word2VecConfig, start: WordVectors, *, num_runs: int, counted: bool
) -> Weights:
    """The weights of `start`, extended by fresh ones for words that only `corpus` has.

    - New words begin with random input and zero output vectors. They are drawn from a stream of their own
      for each of the `num_runs` before, so that they do not begin where the words of an earlier run with
      the same seed began.
    - Counts are added up, unless those of `start` include the corpus already (`counted`). Subsampling and
      noise words go by the sums (gensim's ``build_vocab(update=True)`` subsamples by the new corpus alone).
    - A word of `start` that is not in `corpus` keeps its input vector exactly. Its output vector still
      serves as a noise word, in proportion to its count, and moves away from the new text; one whose count
      is unknown (0, imported) is never drawn.
    - Under hierarchical softmax the outputs belong to the inner nodes of a tree that follows from the
      counts. Where words or counts give another tree, they begin at zero.
    - Vectors without `outputs` (from a file, or a subset) begin with outputs of zero, as with gensim's
      ``intersect_word2vec_format``: their inputs hardly move until outputs have been learnt.
    """
    own = words_of(corpus, config)
    joined = growing.join(own.words, own.counts, start.vocabulary, counted=counted)
    num_rows = len(joined.rows)
    spare = spare_rows(num_rows, corpus.num_tokens, config)
    inputs = padded_zeros(num_rows, config.dim, spare=spare.inputs)
    inputs[joined.row_of_old, : config.dim] = start.matrix
    fresh = np.empty((len(joined.new), config.dim), dtype=np.float32)
    randomise(fresh, np.random.PCG64([config.seed, num_runs]))
    inputs[joined.new, : config.dim] = fresh
    outputs = padded_zeros(config.num_outputs(num_rows), config.dim, spare=spare.outputs)
    if start.outputs is not None:
        if not config.hierarchical:
            outputs[joined.row_of_old, : config.dim] = start.outputs
        elif _have_the_same_tree(start.vocabulary, joined.vocabulary, config.ties):
            outputs[:, : config.dim] = start.outputs
    num_read = _num_tokens_read(corpus, start, counted)
    return Weights(
        inputs,
        outputs,
        joined.counts,
        joined.vocabulary,
        joined.rows,
        begun_positions(config, start, spare.positions),
        num_read,
    )


def _num_tokens_read(corpus: Corpus, start: WordVectors, counted: bool) -> int | None:
    """The tokens behind the counts of `start` and of `corpus` together, None if it is not known."""
    before = start.details.get("num_tokens_read") if start.vocabulary.num_tokens else 0
    if before is None or counted:
        return before
    return None if corpus.num_tokens_read is None else before + corpus.num_tokens_read


def _have_the_same_tree(old: Vocabulary, new: Vocabulary, ties: Ties) -> bool:
    """Whether all words have the same Huffman codes; counts may differ, by a factor say."""
    if old.words != new.words:
        return False
    return all(map(np.array_equal, huffman_codes(old.counts, ties), huffman_codes(new.counts, ties)))


def randomise(vectors: np.ndarray, bits: np.random.PCG64) -> None:
    """Fill `vectors` (num_words, dim) with numbers uniform in [-1 / dim, 1 / dim), as gensim does."""
    generator = np.random.Generator(bits)
    for start in range(0, len(vectors), _BLOCK):
        block = vectors[start : start + _BLOCK]
        block[...] = (2 * generator.random(block.shape, dtype=np.float32) - 1) / block.shape[1]
