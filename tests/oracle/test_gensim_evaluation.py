"""Under gensim's policy the scores are gensim's, to the last bit."""

import numpy as np
import pytest
from gensim.models import KeyedVectors, Word2Vec
from gensim.models.word2vec import LineSentence
from gensim.test.utils import datapath

from wordlab.embeddings import WordVectors
from wordlab.embeddings.evaluation import evaluate_analogies, evaluate_similarity
from wordlab.text import Vocabulary

QUESTIONS = datapath("questions-words.txt")


def random_vectors(seed: int) -> WordVectors:
    """Vectors for the words of all test sets, in several spellings, some equal and some zero."""
    rng = np.random.default_rng(seed)
    words: dict[str, None] = {}
    with open(QUESTIONS, encoding="utf-8") as file:
        lines = [line.split() for line in file if not line.startswith(":")][seed::7]
    for line in lines:
        for word in line:
            for form in {0: [word], 1: [word.lower()], 2: [word, word.lower()], 3: []}[len(word) % 4]:
                words[form] = None
            if len(word) == 6:  # enough variants to fill the five answers that gensim looks at
                words.update(dict.fromkeys(word[:i].upper() + word[i:].lower() for i in range(6)))
    for name in ("wordsim353.tsv", "simlex999.txt"):
        with open(datapath(name), encoding="utf-8") as file:
            known = [word for line in file for word in line.split("\t")[:2] if rng.random() < 0.8]
            words.update(dict.fromkeys(known))
    names = list(words)
    rng.shuffle(names)
    matrix = rng.normal(size=(len(names), 6)).astype(np.float32)
    matrix[50:90] = matrix[90:130]
    matrix[200:203] = 0
    # variants of a word are near one another, as in life
    upper = {}
    for id, name in enumerate(names):
        first = upper.setdefault(name.upper(), id)
        if first != id:
            matrix[id] = matrix[first] + rng.normal(size=6) / 50
    return WordVectors(Vocabulary(names, [0] * len(names)), matrix)


@pytest.fixture(scope="module")
def trained() -> WordVectors:
    sentences = LineSentence(datapath("lee_background.cor"))
    model = Word2Vec(sentences, vector_size=20, min_count=1, epochs=5, seed=1, workers=1)
    return WordVectors.from_gensim(model.wv)


def check_similarity(vectors: WordVectors, keyed: KeyedVectors, name: str, restrict_vocab: int) -> None:
    pearson, spearman, lost = keyed.evaluate_word_pairs(datapath(name), restrict_vocab=restrict_vocab)
    result = evaluate_similarity(vectors, datapath(name), policy="gensim", restrict_vocab=restrict_vocab)
    assert result.spearman == spearman[0]
    assert result.pearson == pearson[0]
    assert float(result.num_lost) / (result.num_pairs + result.num_lost) * 100 == lost
    assert result.interval[0] < result.spearman < result.interval[1]


def check_analogies(vectors: WordVectors, keyed: KeyedVectors, restrict_vocab: int) -> None:
    with np.errstate(all="ignore"):  # gensim divides by the length of zero vectors
        accuracy, sections = keyed.evaluate_word_analogies(QUESTIONS, restrict_vocab=restrict_vocab)
    (result,) = evaluate_analogies(
        vectors, QUESTIONS, methods=["3cosadd"], policy="gensim", restrict_vocab=restrict_vocab
    )
    assert result.total.accuracy == accuracy
    found = [(score.num_correct, score.num_used) for score in (*result.sections, result.total)]
    expected = [(len(s["correct"]), len(s["correct"]) + len(s["incorrect"])) for s in sections]
    assert found == expected
    assert [score.name for score in result.sections] == [s["section"] for s in sections[:-1]]
    assert result.total.num_used + result.total.num_lost == 19_544


@pytest.mark.parametrize("restrict_vocab", [300_000, 700])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_random_vectors(seed, restrict_vocab):
    vectors = random_vectors(seed)
    keyed = vectors.to_gensim()
    for name in ("wordsim353.tsv", "simlex999.txt"):
        check_similarity(vectors, keyed, name, restrict_vocab)
    check_analogies(vectors, keyed, restrict_vocab)


@pytest.mark.parametrize("restrict_vocab", [300_000, 3000, 1000])
def test_trained_vectors(trained, restrict_vocab):
    keyed = trained.to_gensim()
    for name in ("wordsim353.tsv", "simlex999.txt"):
        check_similarity(trained, keyed, name, restrict_vocab)
    check_analogies(trained, keyed, restrict_vocab)


def test_small_vocabulary_and_invalid_lines(tmp_path):
    words = ["a", "A", "b", "c", "C", "d", "e"]
    vectors = WordVectors(Vocabulary(words, [0] * 7), np.random.default_rng(0).normal(size=(7, 3)))
    path = tmp_path / "questions.txt"
    path.write_text(": one\na b c d\na b c\n\nA c b E\n: two\n:three\nd e a b\na a b c\n a  b d a\n")
    accuracy, sections = vectors.to_gensim().evaluate_word_analogies(str(path))
    (result,) = evaluate_analogies(vectors, path, methods=["3cosadd"], policy="gensim")
    assert result.total.accuracy == accuracy
    assert [s.num_correct for s in result.sections] == [len(s["correct"]) for s in sections[:-1]]
    pairs = tmp_path / "pairs.txt"
    lines = ["# x", "head\tline\tscore", "a\tb\t1", "b \td\t1", "a\tc\t5\tN", "A\td\t3", ""]
    pairs.write_text("\n".join([*lines, "x\ty\t4", "e\tb\t2", "c\td\t9\n"]))
    pearson, spearman, lost = vectors.to_gensim().evaluate_word_pairs(str(pairs))
    found = evaluate_similarity(vectors, pairs, policy="gensim")
    assert (found.pearson, found.spearman) == (pearson[0], spearman[0])
    assert found.num_lost / (found.num_lost + found.num_pairs) * 100 == lost
