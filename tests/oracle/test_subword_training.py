"""What training with subwords writes, opened by the fasttext package and by gensim."""

import numpy as np
import pytest
from gensim.models.fasttext import load_facebook_model

from wordlab.embeddings import WordVectors
from wordlab.embeddings.formats import read_vectors, write_vectors
from wordlab.text import Corpus, Tokenizer
from wordlab.training import SubwordConfig, preset_config, train

fasttext = pytest.importorskip("fasttext")

LINES = [
    "the painter painted a painting while painters watched",
    "a walker walked and walkers were walking the long walk",
    "naïve 東京 😀 достоевский a x the painter walked",
]
UNKNOWN = ["paintress", "wälker", "достоевская", "東京都", "qqq", "walkingly"]
VARIANTS = [
    {},
    {"model": "cbow", "min_ngram": 1, "max_ngram": 4},
    {"loss": "hierarchical"},
    {"model": "cbow", "loss": "hierarchical", "max_ngram": 3},
    {"line_end": True, "subsample_form": "fasttext"},
    {"line_end": True, "loss": "hierarchical"},
]


def trained(**options):
    corpus = Corpus.from_lines(LINES * 40, tokenizer=Tokenizer("whitespace"))
    plain = {"dim": 40, "window": 3, "subsample": 1e-2, "threads": 1, "epochs": 2, "buckets": 3_000}
    return train(corpus, SubwordConfig(**{**plain, **options}))


@pytest.fixture(scope="module", params=VARIANTS, ids=str)
def model(request, tmp_path_factory):
    """The vectors, and the file they were written to."""
    vectors = trained(**request.param)
    path = tmp_path_factory.mktemp("subwords") / "model.bin"
    write_vectors(vectors, path, format="fasttext")
    return vectors, path


def test_fasttext_gives_equal_vectors_bit_by_bit(model):
    vectors, path = model
    opened = fasttext.load_model(str(path))
    words = list(vectors.vocabulary.words)
    assert opened.words == words
    for word in [*words, *UNKNOWN]:
        assert opened.get_word_vector(word).tobytes() == vectors[word].tobytes(), word
    assert opened.get_input_matrix()[: len(words)].tobytes() == vectors.subwords.own.tobytes()
    outputs = opened.get_output_matrix()
    config = vectors.details["config"]
    if config["loss"] == "hierarchical":
        assert np.array_equal(-outputs[:-1], vectors.outputs)  # its label is the code, ours the opposite
        assert not outputs[-1].any()
    else:
        assert np.array_equal(outputs, vectors.outputs)


def test_fasttext_saves_identical_bytes(model, tmp_path):
    _, path = model
    fasttext.load_model(str(path)).save_model(str(tmp_path / "again.bin"))
    assert (tmp_path / "again.bin").read_bytes() == path.read_bytes()


def test_fasttext_reads_the_settings(model):
    vectors, path = model
    options, config = fasttext.load_model(str(path)).f.getArgs(), vectors.details["config"]
    for name, expected in {
        "dim": 40, "ws": 3, "epoch": 2, "neg": 5, "minn": config["min_ngram"], "maxn": config["max_ngram"],
        "bucket": 3_000, "t": 1e-2,
    }.items():  # fmt: skip
        assert getattr(options, name) == expected
    assert options.model.name == config["model"]
    assert options.loss.name == {"negative": "ns", "hierarchical": "hs"}[config["loss"]]


def test_gensim_gives_equal_vectors_and_trains_on(model):
    vectors, path = model
    opened = load_facebook_model(str(path))
    words = [word for word in vectors.vocabulary.words if word != "</s>"]  # which gensim takes apart
    for word in [*words, *UNKNOWN]:  # gensim divides by n where fastText multiplies by 1 / n
        assert opened.wv[word] == pytest.approx(vectors[word], abs=1e-6)
    before = opened.wv["painter"].copy()
    opened.train([line.split() for line in LINES], total_examples=3, epochs=5)
    assert (opened.wv["painter"] != before).any()


@pytest.mark.parametrize("line_end", [True, False])
def test_fasttext_counts_the_same_words(tmp_path, line_end):
    """Words that are rare leave, lines end with a word, and the dictionary is in the order of counts."""
    lines = [*LINES * 40, "once upon", "a x", "x"]
    (tmp_path / "text").write_text("\n".join(lines) + "\n", encoding="utf-8")
    theirs = fasttext.train_unsupervised(
        str(tmp_path / "text"), dim=2, epoch=1, minCount=2, bucket=100, thread=12, verbose=0
    )
    corpus = Corpus.from_lines(lines, tokenizer=Tokenizer("whitespace"), min_count=2)
    config = preset_config("fasttext", dim=40, window=3, epochs=1, buckets=100, line_end=line_end)
    vectors = train(corpus, config)
    words, counts = theirs.get_words(include_freq=True)
    expected = dict(zip(words, counts.tolist(), strict=True))
    expected["</s>"] -= 1  # of "once upon", a line without any word that is not rare
    if not line_end:
        del expected["</s>"]
    assert dict(zip(vectors.vocabulary.words, vectors.vocabulary.counts.tolist(), strict=True)) == expected
    assert vectors.details["num_tokens_read"] == sum(len(line.split()) + 1 for line in lines) - 1

    write_vectors(vectors, tmp_path / "v.bin", format="fasttext")
    opened = fasttext.load_model(str(tmp_path / "v.bin"))
    assert opened.get_words(include_freq=True)[1].tolist() == vectors.vocabulary.counts.tolist()
    if line_end:
        assert vectors.vocabulary.words[0] == opened.words[0] == words[0] == "</s>"
        row = vectors.subwords.own[0]
        assert opened.get_word_vector("</s>").tobytes() == vectors["</s>"].tobytes() == row.tobytes()
        assert opened.get_subwords("</s>")[0] == ["</s>"]


def test_what_is_read_back_is_equal_and_continues(model):
    vectors, path = model
    again = read_vectors(path)
    assert again.matrix.tobytes() == vectors.matrix.tobytes()
    assert again[UNKNOWN].tobytes() == vectors[UNKNOWN].tobytes()
    keyed = vectors.to_gensim()
    assert keyed["paintress"] == pytest.approx(vectors["paintress"], abs=1e-6)
    assert WordVectors.from_gensim(keyed)["paintress"] == pytest.approx(vectors["paintress"], abs=1e-6)
