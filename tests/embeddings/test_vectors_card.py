"""The card of vectors: every figure is one that was measured, and every program runs."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from wordlab import artifact
from wordlab.cards import CardConfig, to_markdown
from wordlab.embeddings import WordVectors, write_vectors
from wordlab.embeddings.card import VectorsCard, card_scores, measure_speed, vectors_card
from wordlab.embeddings.card.loading import HubPlace
from wordlab.embeddings.card.speed import QuerySpeed
from wordlab.embeddings.diagnosis import diagnose
from wordlab.embeddings.evaluation.analogy import evaluate_analogies
from wordlab.embeddings.evaluation.similarity import evaluate_similarity
from wordlab.embeddings.subwords import Subwords
from wordlab.errors import ArtifactError
from wordlab.text import Corpus, Tokenizer, Vocabulary
from wordlab.training import Word2VecConfig, train

WORDS = [
    "king",
    "queen",
    "man",
    "woman",
    "paris",
    "france",
    "rome",
    "italy",
    "<b>|`",
    *(f"w{n}x" for n in range(60)),
]


@pytest.fixture
def saved(tmp_path, monkeypatch):
    """A function that saves vectors in the working directory and gives what a card is made of."""
    monkeypatch.chdir(tmp_path)

    def save(vectors, name="vectors", **parts):
        vectors.save(name, overwrite=True)
        loaded = WordVectors.load(name)
        source = artifact.load(name, kind="vectors", format_version=1)
        return VectorsCard(loaded, source, diagnose(loaded), **parts)

    return save


def made(**options):
    matrix = np.random.default_rng(4).normal(size=(len(WORDS), 8))
    return WordVectors(Vocabulary(WORDS, range(len(WORDS), 0, -1)), matrix, **options)


@pytest.fixture
def files(tmp_path):
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("king\tqueen\t9\nman\twoman\t8\nparis\tfrance\t7\nking\tabsent\t1\nrome\tking\t2\n")
    questions = tmp_path / "questions.txt"
    capitals = [("paris", "france"), ("rome", "italy"), ("king", "queen"), ("man", "woman")]
    lines = [f"{a} {b} {c} {d}" for a, b in capitals for c, d in capitals if a != c]
    questions.write_text(": capitals\n" + "\n".join(lines) + "\nparis france absent absent\n")
    return pairs, questions


def facts_of(card, title):
    section = next(section for section in card.sections if section.title == title)
    return {
        name: value
        for block in section.blocks
        for name, value in getattr(block, "rows", ())
        if hasattr(block, "facts")
    }


def test_scores_are_those_of_evaluate(files):
    pairs, questions = files
    vectors = made()
    similarity, add, mul = card_scores(vectors, files={"similarity": [pairs], "analogy": [questions]}, seed=3)
    expected = evaluate_similarity(vectors, pairs, seed=3)
    assert (similarity.value, similarity.interval) == (expected.spearman, expected.interval)
    assert (similarity.num_used, similarity.num_lost) == (4, 1)
    assert similarity.coverage == 0.8
    for score, result in zip((add, mul), evaluate_analogies(vectors, questions), strict=True):
        assert score.measure == result.method
        assert score.value == pytest.approx(result.total.accuracy)
        assert (score.num_used, score.num_lost) == (result.total.num_used, result.total.num_lost) == (12, 1)
        low, high = score.interval
        assert 0 <= low <= score.value <= high <= 1


def test_the_interval_of_analogies_draws_first_pairs(tmp_path):
    """All questions that begin with a pair succeed or fail together, so that the spread is that of few."""
    words = [f"w{n}" for n in range(40)]
    matrix = np.random.default_rng(0).normal(size=(40, 30))
    for n in range(0, 10, 2):
        matrix[n + 1] = matrix[n] + 5  # the relation; where it is missing, no answer is right
    vectors = WordVectors(Vocabulary(words, range(40, 0, -1)), matrix)
    heads = [(f"w{n}", f"w{n + 1}") for n in range(0, 20, 2)]
    path = tmp_path / "q.txt"
    path.write_text(": r\n" + "".join(f"{a} {b} {c} {d}\n" for a, b in heads for c, d in heads if a != c))
    add = card_scores(vectors, files={"similarity": [_pairs(tmp_path)], "analogy": [path]})[1]
    low, high = add.interval
    binomial = 2 * 1.96 * np.sqrt(add.value * (1 - add.value) / add.num_used)
    assert 0.05 < add.value < 0.95
    assert high - low > 1.3 * binomial


def _pairs(folder):
    path = folder / "p.tsv"
    path.write_text("w1\tw2\t1\nw3\tw4\t2\nw5\tw6\t3\n")
    return path


def test_scores_of_nothing(files):
    pairs, questions = files
    vectors = WordVectors(Vocabulary(["a", "b", "c"], [3, 2, 1]), np.eye(3))
    for score in card_scores(vectors, files={"similarity": [pairs], "analogy": [questions]}):
        assert (score.value, score.interval, score.num_used, score.coverage) == (None, None, 0, 0)


def test_what_a_card_says(saved, files):
    pairs, questions = files
    vectors = made(tokenizer=Tokenizer("word"))
    scores = card_scores(vectors, files={"similarity": [pairs], "analogy": [questions]})
    speed = QuerySpeed(1.25, 12_345.6, 2)
    content = saved(vectors, scores=scores, speed=speed)
    card = vectors_card(content, CardConfig(title="Mine", license="mit", text_languages=("en",)))
    assert (card.title, card.license, card.languages) == ("Mine", "mit", ("en",))
    glance = facts_of(card, "At a glance")
    assert (glance["words"], glance["dimensions"], glance["rarest count"]) == ("69", "8", "1")
    assert glance["digest"] == f"`{content.source.digest}`"
    assert (
        glance["speed"] == "10 nearest words in 1.2 ms, 12,346 a second together, by exact search on 2 cores"
    )
    assert facts_of(card, "Licence") == {
        "these vectors": "mit", "text they were trained on": "unknown",
        "test data: pairs": "unknown", "test data: questions": "unknown",
    }  # fmt: skip
    assert [(metric.dataset, metric.kind, metric.value) for metric in card.metrics] == [
        ("pairs", "Spearman", scores[0].value), ("questions", "3CosAdd", scores[1].value),
        ("questions", "3CosMul", scores[2].value),
    ]  # fmt: skip
    text = to_markdown(card)
    assert f"{scores[0].value:.3f}" in text
    assert "80.0%" in text
    assert "lower-cased" in text
    assert "Not all items of the tests could be asked (pairs 80%, questions 92%)" in text
    assert {picture.name for picture in card.pictures} == {"scores", "diagnosis"}


def test_equal_contents_give_equal_cards(saved):
    texts = {to_markdown(vectors_card(saved(made()))) for _ in range(2)}
    assert len(texts) == 1
    assert "/" + "tmp" not in texts.pop()


def test_how_trained_vectors_were_made(saved, tmp_path):
    (tmp_path / "text.txt").write_text("the cat sat on the mat\na dog lay on a rug\n" * 30)
    corpus = Corpus.build([tmp_path / "text.txt"], tmp_path / "corpus", min_count=1)
    first = train(corpus, Word2VecConfig(dim=6, epochs=2, subsample=0, seed=7))
    making = facts_of(vectors_card(saved(first)), "How they were made")
    assert (making["dim"], making["seed"], making["epochs"]) == ("6", "7", "2")
    assert making["text"] == f"{corpus.vocabulary.num_tokens:,} tokens"
    assert making["digest of the corpus"] == f"`{corpus.digest}`"
    assert "wordlab 0.1.0" in making["made with"]
    assert re.fullmatch(r"\d\.\d{4} in the first epoch, \d\.\d{4} in the last", making["mean loss"])


def test_pretrained_vectors_bring_their_licence(saved):
    label = {
        "name": "glove.6B.50d",
        "licence": "PDDL 1.0",
        "url": "https://x/y.zip",
        "digests": {"y.zip": "ab12"},
    }
    content = saved(made(details={"origin": "glove.6B.50d", "format": "glove", "pretrained": label}))
    card = vectors_card(content)
    assert card.license == "pddl"
    assert facts_of(card, "Licence")["pretrained vectors"] == "PDDL 1.0"
    assert facts_of(card, "How they were made")["SHA-256 of y.zip"] == "`ab12`"
    unknown = saved(made(details={"pretrained": {**label, "licence": "not stated"}}))
    assert vectors_card(unknown).license is None
    assert facts_of(vectors_card(unknown), "Licence")["pretrained vectors"] == "unknown"


def test_vectors_of_unknown_origin(saved):
    content = saved(WordVectors(Vocabulary(["a", "b"], [0, 0]), np.eye(2)))
    text = to_markdown(vectors_card(content))
    assert "of unknown origin" in text
    assert "Not recorded." in text
    assert "Counts of words are not known" in text


@pytest.mark.parametrize(
    "details", [{"pretrained": "glove"}, {"pretrained": {"digests": 3}}, {"postprocessed": [1]}]
)
def test_a_damaged_manifest(saved, details):
    content = saved(made())
    path = content.source.directory / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["details"] |= details
    path.write_text(json.dumps(manifest))
    vectors = WordVectors.load("vectors")
    source = artifact.load("vectors", kind="vectors", format_version=1)
    with pytest.raises(ArtifactError, match=f"details: {next(iter(details))}"):
        vectors_card(VectorsCard(vectors, source, diagnose(vectors)))


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("parents",), ["x"], "parents: expected"),
        (("details", "runs", 0, "losses"), "low", "details: runs: losses: expected"),
        (("details", "runs", 0, "corpus", "num_tokens"), "many", "details: runs: corpus: num_tokens"),
    ],
)  # fmt: skip
def test_a_damaged_record_of_training(saved, tmp_path, place, value, message):
    (tmp_path / "text.txt").write_text("the cat sat on the mat\na dog lay on a rug\n" * 30)
    corpus = Corpus.build([tmp_path / "text.txt"], tmp_path / "corpus", min_count=1)
    content = saved(train(corpus, Word2VecConfig(dim=4, epochs=1, subsample=0)))
    path = content.source.directory / "manifest.json"
    manifest = json.loads(path.read_text())
    *outer, last = place
    found = manifest
    for name in outer:
        found = found[name]
    found[last] = value
    path.write_text(json.dumps(manifest))
    vectors = WordVectors.load("vectors")
    source = artifact.load("vectors", kind="vectors", format_version=1)
    with pytest.raises(ArtifactError, match=message):
        vectors_card(VectorsCard(vectors, source, diagnose(vectors)))


def with_subwords(num_hashes):
    buckets = np.random.default_rng(1).normal(size=(50, 8)).astype(np.float32)
    return made(subwords=Subwords(matrix=buckets, min_n=3, max_n=4, num_buckets=50, num_hashes=num_hashes))


@pytest.mark.parametrize("kind", ["plain", "tokenizer", "fasttext", "floret"])
@pytest.mark.parametrize("library", ["wordlab", "gensim", "spacy", "sentence_transformers"])
def test_every_program_runs(saved, kind, library, capsys):
    vectors = {
        "plain": made, "tokenizer": lambda: made(tokenizer=Tokenizer("word")),
        "fasttext": lambda: with_subwords(0), "floret": lambda: with_subwords(2),
    }[kind]()  # fmt: skip
    if library == "sentence_transformers":
        pytest.importorskip("tokenizers")
    pytest.importorskip(library)
    card = vectors_card(saved(vectors, 'odd "name"'))
    programs = [program.code for program in card.programs if program.library == library]
    if (kind, library) == ("floret", "gensim"):
        assert not programs  # gensim hashes in another way
        return
    (program,) = programs
    exec(compile(program, "the card", "exec"), {})  # noqa: S102 - it is what the card says
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("format", ["model2vec", "sentence-transformers"])
def test_programs_of_what_is_published(saved, format, capsys):
    """The programs take a directory of the name of the repository for it."""
    pytest.importorskip(format.replace("-", "_"))
    content = saved(made())
    Path("ann").mkdir()
    write_vectors(content.vectors, "ann/static", format=format)
    card = vectors_card(replace(content, place=HubPlace("ann/static", format)))
    exec(compile(card.programs[0].code, "the card", "exec"), {})  # noqa: S102 - it is what the card says
    assert capsys.readouterr().out == "(1, 8)\n"
    assert card.programs[1].code == "$ wordlab embeddings import hf://ann/static -o static"
    assert (card.title, card.library) == ("static", format)


def test_no_program_for_a_tokenizer_that_others_do_not_have(saved):
    card = vectors_card(saved(made(tokenizer=Tokenizer("jieba"))))
    assert [program.library for program in card.programs] == ["wordlab", "gensim", "spacy"]


def test_programs_give_equal_vectors(saved):
    pytest.importorskip("spacy")
    card = vectors_card(saved(made()))
    scopes = {}
    for program in card.programs[:3]:
        exec(compile(program.code, "the card", "exec"), scopes)  # noqa: S102
    vectors = WordVectors.load("vectors")
    for word in ("king", "paris", "w5x"):
        assert scopes["keyed"][word] == pytest.approx(vectors[word])
        assert scopes["nlp"].vocab[word].vector == pytest.approx(vectors[word])


def test_speed_is_measured():
    found = measure_speed(made())
    assert found.milliseconds > 0
    assert found.per_second > 0
    assert found.cores >= 1
