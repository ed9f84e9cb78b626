"""Word2VecConfig: every choice in training word vectors, checked when it is made."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, cast

from wordlab.checks import MAX_THREADS, check_choice, check_number
from wordlab.errors import ConfigError
from wordlab.resources import available_cores
from wordlab.text.choices import SUBSAMPLE_FORMS

Ties = Literal["gensim", "fasttext"]

MODELS = ("skipgram", "cbow")
LOSSES = ("negative", "hierarchical")
MAX_SHARDS = 64
MOST_USUAL_SHARDS = 4  # however long the text is
SKIPGRAM_RATE_OF_MANY_SHARDS = 0.03
PATH_GROUP = 6  # nodes of a path that the kernel treats at once: the best of 4 to 16 by measurement


@dataclass(frozen=True, kw_only=True)
class Word2VecConfig:
    """How to train; the defaults are word2vec.c's, except for the model, `subsample` and the threads.

    Raises ConfigError, which names the field, its value and what is allowed.

    >>> config = Word2VecConfig(model="cbow", dim=300)
    >>> config.window, config.learning_rate
    (5, 0.05)
    """

    model: str = "skipgram"
    """`skipgram` predicts each word from one neighbour, `cbow` from all neighbours at once."""
    loss: str = "negative"
    """`negative` sampling (Mikolov et al. 2013b, equation 4), or the `hierarchical` softmax over the
    Huffman tree of the words (section 2.1), which draws no noise words."""
    dim: int = 100
    """Numbers in a word vector."""
    window: int = 5
    """The largest distance, in words kept, between a word and its context."""
    negative: int = 5
    """Noise words drawn for each position."""
    subsample: float = 1e-4
    """Threshold above which frequent words are dropped at random, as a share of all tokens; 0 keeps all."""
    subsample_form: str = "word2vec"
    """Keep with (sqrt(f/t) + 1) t/f as `word2vec`.c and gensim do, or with sqrt(t/f) as the `paper` says;
    `fasttext` is the first, with f as a share of all tokens read, rare words and line ends included."""
    line_end: bool = False
    """Learn a vector of the end of a line, too: the word </s>, which follows the last word of each."""
    ns_exponent: float = 0.75
    """Noise words are drawn in proportion to count ** ns_exponent."""
    shrink_windows: bool = True
    """Draw each position's window from 1 .. window, so that near words weigh more."""
    cbow_mean: bool = True
    """CBOW: the mean of the context vectors (or their sum)."""
    position_weights: bool = False
    """CBOW: learn a vector for each place in the window, by which the words there are multiplied (Mikolov et
    al. 2018, section 2.2)."""
    epochs: int = 5
    """Passes over the corpus."""
    learning_rate: float | None = None
    """Step size at the start; it falls linearly, token by token, to `min_learning_rate`.

    None stands for what suits the model, and is replaced by it: what word2vec.c uses, 0.025 for skip-gram and
    0.05 for CBOW; with subwords 0.1 for CBOW; and 0.03 for skip-gram with noise words on more than four
    shards, whose merged steps are shorter.
    """
    min_learning_rate: float = 1e-4
    """Step size at the end."""
    threads: int = dataclasses.field(default_factory=available_cores)
    """Threads that train side by side."""
    deterministic: bool = True
    """Equal corpora, configs and seeds give equal bytes, with any number of threads; otherwise threads
    update the same vectors without waiting for each other (Hogwild, Niu et al. 2011)."""
    shards: int | None = None
    """Parts of the corpus that train at the same time, on as many threads at most, and are merged every few
    thousand tokens. They are part of the result, as the number of threads is not. Racing threads have none.

    None stands for one for each 4 million tokens, up to 4, as shards that begin with untrained vectors learn
    more slowly. With subwords it stands for 1, as words that several shards learn would be learnt less well.
    """
    compass: bool = False
    """Keep the output vectors of the vectors that training starts from, so that the vectors of several texts
    trained by the same ones lie in one space (Di Carlo et al. 2019)."""
    seed: int = 1
    """Seed of the initial vectors and of every draw."""

    objective: ClassVar[str] = "word2vec"
    learning_rates: ClassVar[Mapping[str, float]] = {"skipgram": 0.025, "cbow": 0.05}
    ties: ClassVar[Ties] = "gensim"  # whose tree the hierarchical softmax has

    def __post_init__(self) -> None:
        check_choice(self, "model", MODELS)
        check_choice(self, "loss", LOSSES)
        check_choice(self, "subsample_form", SUBSAMPLE_FORMS)
        if self.position_weights and not self.cbow:
            raise ConfigError("position_weights: expected the model cbow, found skipgram")
        if self.compass and self.hierarchical:  # whose outputs belong to the tree of one vocabulary
            raise ConfigError("compass: expected the loss negative, found hierarchical")
        if self.compass and self.position_weights:
            raise ConfigError("compass: expected no position_weights, found them")
        for name, low, high in (
            ("dim", 1, 10_000),
            ("window", 1, 1_000),
            ("negative", 1, 100),
            ("epochs", 1, 1_000_000),
            ("threads", 1, MAX_THREADS),
            ("seed", 0, 2**63 - 1),
        ):
            check_number(self, name, int, low, high)
        if self.shards is not None:
            check_number(self, "shards", int, 1, MAX_SHARDS)
        if self.learning_rate is None:
            object.__setattr__(self, "learning_rate", self._usual_learning_rate())
        for name, least, most in (
            ("subsample", 0.0, 1.0),
            ("ns_exponent", -10.0, 10.0),
            ("learning_rate", 0.0, 10.0),
            ("min_learning_rate", 0.0, 10.0),
        ):
            check_number(self, name, float, least, most)
        if self.min_learning_rate > self.learning_rate_at(0):
            raise ConfigError(
                f"min_learning_rate: expected at most the learning_rate {self.learning_rate}, "
                f"found {self.min_learning_rate}"
            )

    def _usual_learning_rate(self) -> float:
        if self.num_shards > MOST_USUAL_SHARDS and not (self.cbow or self.hierarchical or self.ngrams):
            return SKIPGRAM_RATE_OF_MANY_SHARDS
        return self.learning_rates[self.model]

    @property
    def ngrams(self) -> dict[str, Any] | None:
        """How words are taken apart, by the names of the arguments of `hash_ngrams`; None if they are not."""
        return None

    @property
    def by_all_tokens(self) -> bool:
        """Whether subsampling takes shares of all tokens read, whose number must then be known."""
        return self.subsample > 0 and self.subsample_form == "fasttext"

    @property
    def cbow(self) -> bool:
        """Whether a window is one row, the mean or sum of its words; skip-gram has a row for each."""
        return self.model == "cbow"

    @property
    def hierarchical(self) -> bool:
        """Whether targets are the inner nodes of a Huffman tree; with negative sampling they are words."""
        return self.loss == "hierarchical"

    @property
    def num_shards(self) -> int:
        """Shards that train on copies of what others change, too; 1 where all is changed in place."""
        return self.shards or 1 if self.deterministic else 1

    @property
    def num_targets(self) -> int:
        """How many targets the kernel treats at once: a group of nodes, or a word and its noise words."""
        return PATH_GROUP if self.hierarchical else 1 + self.negative

    def num_outputs(self, num_words: int) -> int:
        """How many output vectors `num_words` words need: one for each possible target."""
        return max(1, num_words - 1) if self.hierarchical else num_words

    def learning_rate_at(self, progress: float) -> float:
        """The step size when the share `progress` of all tokens of all epochs has been read."""
        start = cast(float, self.learning_rate)  # never None after __post_init__
        return start - (start - self.min_learning_rate) * progress

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values; without `threads` or `shards`, whichever of them changes nothing."""
        fields = dataclasses.asdict(self)
        del fields["threads" if self.deterministic else "shards"]
        for name in ("position_weights", "line_end", "compass"):
            if not fields[name]:  # as before there were any
                del fields[name]
        return fields
