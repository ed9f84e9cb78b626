"""Counting pairs: against a plain count, with any memory and threads, and read from a damaged disk."""

import json
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordlab import resources
from wordlab.errors import ArtifactError, CorpusError, OutputExistsError, ResourceError, UnknownWordError
from wordlab.text import Corpus, PhraseConfig, Tokenizer
from wordlab.training.cooccurrences import CooccurrenceConfig, Cooccurrences, counting, sizes

LINES = st.lists(
    st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=12).map(" ".join), min_size=1, max_size=8
)
CONFIGS = st.builds(
    CooccurrenceConfig,
    window=st.integers(1, 15),
    symmetric=st.booleans(),
    distance_weights=st.booleans(),
)


def corpus_of(lines):
    return Corpus.from_lines(lines, tokenizer=Tokenizer("whitespace"))


def plain_counts(corpus, config):
    """The table as a dense float64 matrix, as Pennington et al. describe it: place by place."""
    table = np.zeros((len(corpus.vocabulary),) * 2)
    for first, stop in zip(corpus.line_offsets[:-1], corpus.line_offsets[1:], strict=True):
        ids = corpus.token_ids[first:stop].tolist()
        for i, word in enumerate(ids):
            right = i + config.window + 1 if config.symmetric else i
            for j in range(max(0, i - config.window), min(len(ids), right)):
                if j != i:
                    table[word, ids[j]] += 1 / abs(i - j) if config.distance_weights else 1
    return table


def counted(corpus, config, **how):
    """The same, counted by the kernel."""
    table, row = np.zeros((len(corpus.vocabulary),) * 2), 0
    for rows in counting.count_rows(corpus, config, **{"memory": 10**9, "threads": 2, **how}):
        ends = np.cumsum(rows.lengths)
        for length, end in zip(rows.lengths, ends, strict=True):
            part = slice(end - length, end)
            assert np.all(np.diff(rows.context_ids[part]) > 0)
            assert np.all(rows.values[part] > 0)
            table[row, rows.context_ids[part]] = rows.values[part]
            row += 1
    assert row == len(table)
    return table


@given(LINES, CONFIGS)
def test_counts_are_those_of_a_plain_count(lines, config):
    corpus = corpus_of(lines)
    assert np.array_equal(counted(corpus, config), plain_counts(corpus, config))


def test_by_hand():
    corpus = corpus_of(["a b c", "a b"])
    ids = corpus.vocabulary.ids(["a", "b", "c"])
    both = counted(corpus, CooccurrenceConfig(window=2))[np.ix_(ids, ids)]
    assert both.tolist() == [[0, 2, 0.5], [2, 0, 1], [0.5, 1, 0]]
    left = counted(corpus, CooccurrenceConfig(window=9, symmetric=False, distance_weights=False))
    assert left[np.ix_(ids, ids)].tolist() == [[0, 0, 0], [2, 0, 0], [1, 1, 0]]


@pytest.fixture(scope="module")
def corpus():
    """3,000 lines in which words are about as frequent as in texts."""
    rng = np.random.default_rng(5)
    lines = []
    for _ in range(3_000):
        ids = (400 ** rng.random(rng.integers(1, 30))).astype(int)
        lines.append(" ".join(f"w{id}" for id in ids))
    return corpus_of(lines)


@pytest.fixture(scope="module")
def window_of_7(corpus):
    """Its plain counts."""
    return plain_counts(corpus, CooccurrenceConfig(window=7))


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(counting, "_PAIRS_TOGETHER", 500)
    monkeypatch.setattr(counting, "_TOKENS_AT_ONCE", 700)


LEAST = 45_000  # bytes, for 400 words and parts of 500 pairs


@pytest.mark.parametrize("memory", [LEAST, 60_000, 200_000, 10**9])
@pytest.mark.parametrize("threads", [1, 3, 8])
def test_memory_and_threads_change_nothing(corpus, window_of_7, small_parts, memory, threads):
    """With the least memory the most frequent words do not fit the index, and the others take many passes."""
    found = counted(corpus, CooccurrenceConfig(window=7), memory=memory, threads=threads)
    assert np.array_equal(found, window_of_7)


def test_the_least_memory_takes_both_ways(corpus, small_parts):
    _, capacity = counting._plan(len(corpus.vocabulary), LEAST, 1)
    counts = corpus.vocabulary.counts
    assert counts[0] > capacity > counts[5]
    assert counts.sum() > 3 * capacity


def test_too_little_memory_is_refused(corpus, tmp_path):
    with pytest.raises(
        ResourceError, match=r"^memory: expected 46 MB or more to count the pairs of 399 words"
    ):
        Cooccurrences.count(corpus, tmp_path / "counts", memory=1_000_000)
    assert not list(tmp_path.iterdir())


def test_a_sample_counts_only_what_it_has(corpus):
    """Its vocabulary counts the whole text."""
    from wordlab.training.speed import sample

    part, config = sample(corpus, 4_000), CooccurrenceConfig(window=3)
    assert part.num_tokens < corpus.num_tokens
    assert np.array_equal(counted(part, config), plain_counts(part, config))


# ------------------------------------------------------------------ the artefact


@pytest.fixture(scope="module")
def saved(corpus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("counts")
    corpus.save(folder / "corpus")
    Cooccurrences.count(Corpus.load(folder / "corpus"), folder / "counts", threads=2)
    return folder


def test_it_holds_what_was_counted(saved, corpus):
    table, plain = Cooccurrences.load(saved / "counts"), plain_counts(corpus, CooccurrenceConfig())
    assert table.num_pairs == np.count_nonzero(plain)
    assert table.vocabulary == corpus.vocabulary
    assert table.tokenizer == corpus.tokenizer
    assert table.config == CooccurrenceConfig()
    rows = np.repeat(np.arange(len(plain)), np.diff(table.row_offsets))
    assert np.array_equal(table.values, plain.astype(np.float32)[rows, table.context_ids])
    assert table.corpus["num_tokens"] == corpus.num_tokens
    manifest = json.loads((saved / "counts" / "manifest.json").read_text())
    assert manifest["parents"]["corpus"] == table.corpus["digest"] == Corpus.load(saved / "corpus").digest


def test_phrases_are_kept(tmp_path):
    lines = ["in new york city", "a new york mind", "york is old, new is young"] * 3
    Corpus.from_lines(lines).save(tmp_path / "corpus")
    config = PhraseConfig(threshold=0.9, min_count=2)
    joined = Corpus.load(tmp_path / "corpus").join_phrases(tmp_path / "joined", config)
    assert "new_york" in joined.vocabulary
    counts = Cooccurrences.count(joined, tmp_path / "counts")
    assert counts.tokenizer == joined.tokenizer
    assert Cooccurrences.load(tmp_path / "counts").tokenizer("New York") == ["new_york"]


def test_equal_bytes_with_any_memory_and_threads(saved, tmp_path, small_parts):
    corpus = Corpus.load(saved / "corpus")
    Cooccurrences.count(corpus, tmp_path / "other", threads=3, memory=LEAST)
    for path in (saved / "counts").iterdir():
        assert (tmp_path / "other" / path.name).read_bytes() == path.read_bytes()


def test_values_and_mutual_information(saved, corpus):
    table, plain = Cooccurrences.load(saved / "counts"), plain_counts(corpus, CooccurrenceConfig())
    assert table.value("w1", "w2") == pytest.approx(
        plain[corpus.vocabulary.id("w1"), corpus.vocabulary.id("w2")]
    )
    one, other = corpus.vocabulary.ids(["w3", "w40"])
    expected = np.log(plain[one, other] * plain.sum() / (plain[one].sum() * plain[:, other].sum()))
    assert table.pmi("w3", "w40") == pytest.approx(expected, rel=1e-5)
    assert table.pair("w3", "w40")[2:] == (table.value("w3", "w40"), table.pmi("w3", "w40"))
    row, column = np.argwhere(plain == 0)[0]
    words = corpus.vocabulary.words
    assert table.pair(words[row], words[column])[2:] == (0.0, -np.inf)
    with pytest.raises(UnknownWordError):
        table.value("w1", "w1000")


@pytest.mark.parametrize("n", [1, 7, 5_000, 10**6])
def test_the_largest_come_first(saved, corpus, n, monkeypatch):
    monkeypatch.setattr("wordlab.training.cooccurrences.table._PAIRS_AT_ONCE", 1_000)
    plain = plain_counts(corpus, CooccurrenceConfig()).astype(np.float32)
    rows, contexts = np.nonzero(np.triu(plain))  # each pair once
    order = np.lexsort((contexts, rows, -plain[rows, contexts]))[:n]
    words = corpus.vocabulary.words
    expected = [(words[rows[i]], words[contexts[i]], float(plain[rows[i], contexts[i]])) for i in order]
    assert [pair[:3] for pair in Cooccurrences.load(saved / "counts").top(n)] == expected


def test_a_histogram_has_all_pairs(saved):
    table = Cooccurrences.load(saved / "counts")
    edges = np.array([0.15, 1.0, 2.0, 50.0])
    found = table.histogram(edges)
    assert found.sum() == table.num_pairs
    assert found[1] == np.count_nonzero((table.values >= 1) & (table.values < 2))
    assert found[0] == np.count_nonzero(table.values < 1)


def test_contexts_to_the_left_are_listed_in_their_order(tmp_path):
    table = Cooccurrences.count(
        corpus_of(["a b"] * 3 + ["b a"]), tmp_path / "counts", CooccurrenceConfig(symmetric=False)
    )
    assert [pair[:3] for pair in table.top(5)] == [("b", "a", 3.0), ("a", "b", 1.0)]


@pytest.mark.parametrize("lines", [["a"] * 9, ["a", "b", "c"]])
def test_nothing_that_co_occurs_is_refused(lines, tmp_path):
    with pytest.raises(CorpusError) as error:
        Cooccurrences.count(corpus_of(lines), tmp_path / "counts")
    assert str(error.value) == (
        "expected a line of two words or more, found single words only: nothing co-occurs"
    )
    assert not list(tmp_path.iterdir())


def test_an_existing_output_is_left(saved):
    before = (saved / "counts" / "manifest.json").read_bytes()
    with pytest.raises(OutputExistsError):
        Cooccurrences.count(Corpus.load(saved / "corpus"), saved / "counts")
    assert (saved / "counts" / "manifest.json").read_bytes() == before


def test_a_disk_that_is_too_small_is_seen_before(corpus, tmp_path, monkeypatch):
    usage = shutil.disk_usage("/")._replace(free=100_000)
    monkeypatch.setattr(resources.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(ResourceError, match=r": expected \d MB of disk for about [\d,]+ pairs, found 0 MB"):
        Cooccurrences.count(corpus, tmp_path / "counts")
    assert not list(tmp_path.iterdir())


def test_the_number_of_pairs_is_estimated():
    rng = np.random.default_rng(1)
    ids = (9_000 ** rng.random(150_000)).astype(int)
    corpus = corpus_of([" ".join(f"w{id}" for id in line) for line in np.array_split(ids, 5_000)])
    assert len(corpus.vocabulary) > 5_000
    config = CooccurrenceConfig()
    exact = sum(len(rows.values) for rows in counting.count_rows(corpus, config, memory=10**9, threads=2))
    assert sizes.estimate_pairs(corpus, config, memory=10**9, threads=2) == pytest.approx(exact, rel=0.05)


# ------------------------------------------------------------------ damage


def seal(directory):
    """Make sizes and digests fit, so that nothing but the structure can be wrong."""
    from hashlib import sha256

    manifest = json.loads((directory / "manifest.json").read_text())
    for name in manifest["payloads"]:
        data = (directory / name).read_bytes()
        manifest["payloads"][name] = {"bytes": len(data), "sha256": sha256(data).hexdigest()}
    (directory / "manifest.json").write_text(json.dumps(manifest))


def altered(name, place, number):
    def change(directory):
        array = np.load(directory / name)
        array[place] = number
        np.save(directory / name, array)

    return change


def dropped(name):
    def change(directory):
        np.save(directory / name, np.load(directory / name)[:-1])

    return change


DAMAGE = {
    "a context beyond the vocabulary": (altered("context_ids.npy", -1, 399), "expected ascending contexts"),
    "a negative context": (altered("context_ids.npy", 5, -1), "expected ascending contexts"),
    "contexts out of order": (altered("context_ids.npy", 0, 398), "expected ascending contexts"),
    "a value of zero": (altered("values.npy", 3, 0), "with values above 0 in each row"),
    "NaN": (altered("values.npy", 3, np.nan), "with values above 0 in each row"),
    "infinity": (altered("values.npy", 3, np.inf), "with values above 0 in each row"),
    "offsets that go back": (altered("row_offsets.npy", 3, 10**6), "expected offsets that ascend"),
    "offsets that overflow": (altered("row_offsets.npy", 3, -(2**63)), "expected offsets that ascend"),
    "a missing row": (dropped("row_offsets.npy"), "expected offsets that ascend"),
    "a missing value": (dropped("values.npy"), "expected float32 of shape"),
}


@pytest.mark.parametrize("case", DAMAGE)
@pytest.mark.parametrize("verify", [True, False])
def test_damage_is_found(saved, tmp_path, case, verify):
    change, message = DAMAGE[case]
    shutil.copytree(saved / "counts", tmp_path / "counts")
    change(tmp_path / "counts")
    seal(tmp_path / "counts")
    with pytest.raises(ArtifactError, match=message):
        Cooccurrences.load(tmp_path / "counts", verify=verify)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("config", {"window": 0}, "config: window: expected a whole number from 1 to 1000, found 0"),
        ("config", {"width": 1}, "config: expected fields of CooccurrenceConfig, found 'width'"),
        ("corpus", {}, "corpus: expected 'digest', found an empty object"),
        ("tokenizer", None, "tokenizer: expected an object, found null"),
    ],
)
def test_wrong_facts_are_found(saved, tmp_path, key, value, message):
    shutil.copytree(saved / "counts", tmp_path / "counts")
    path = tmp_path / "counts" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["details"][key] = value
    path.write_text(json.dumps(manifest))
    with pytest.raises(ArtifactError, match=message):
        Cooccurrences.load(tmp_path / "counts")


def test_other_kinds_are_named(saved):
    with pytest.raises(ArtifactError, match="expected an artefact of kind 'cooccurrences', found 'corpus'"):
        Cooccurrences.load(saved / "corpus")
    with pytest.raises(ArtifactError, match="found 'cooccurrences', which Cooccurrences\\.load loads"):
        Corpus.load(saved / "counts")
