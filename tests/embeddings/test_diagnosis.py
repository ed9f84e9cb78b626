"""Diagnosis: each measure against its formula written out, and each kind of left-over by examples."""

import json

import numpy as np
import pytest
from scipy.stats import skew, spearmanr

from wordlab.embeddings import WordVectors
from wordlab.embeddings.diagnosis import DiagnosisConfig, diagnose, iso_score
from wordlab.embeddings.diagnosis.characters import is_broken, is_misread
from wordlab.embeddings.diagnosis.vocabulary import VOCABULARY_CHECKS, find_suspicious
from wordlab.embeddings.diagnosis.words import WORD_CHECKS, find_left_overs
from wordlab.errors import ConfigError, FormatError
from wordlab.text import Vocabulary

WORDS = [f"word{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(300)]


def drawn(num_words=300, dim=12, seed=3, shift=0.5):
    rng = np.random.default_rng(seed)
    scales = np.linspace(2, 0.2, dim)
    return (rng.normal(size=(num_words, dim)) * scales + shift).astype(np.float32)


def vectors_of(matrix, words=WORDS):
    return WordVectors(Vocabulary(words[: len(matrix)], range(len(matrix), 0, -1)), matrix)


def finding(found, name):
    return next((each for each in found if each.name == name), None)


# ------------------------------------------------------------------ numbers


def published_iso_score(points):
    """Algorithm 1 of Rudman et al. (2022), step by step, from the points (num_points, n)."""
    n = points.shape[1]
    _, _, axes = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    transformed = points @ axes.T  # step 2: reorient by the principal components
    diagonal = np.diag(np.cov(transformed.T))  # steps 3 and 4: the variances
    normalised = np.sqrt(n) * diagonal / np.linalg.norm(diagonal)  # step 5
    defect = np.linalg.norm(normalised - np.ones(n)) / np.sqrt(2 * (n - np.sqrt(n)))  # step 6
    phi = (n - defect**2 * (n - np.sqrt(n))) ** 2 / n**2  # equation 4.1: the dimensions used, as a share
    return (n * phi - 1) / (n - 1)  # equation 4.2


def test_iso_score_is_the_published_formula():
    matrix = drawn()
    found = diagnose(vectors_of(matrix)).isotropy
    assert found.iso_score == pytest.approx(published_iso_score(matrix.astype(float)), abs=1e-6)
    assert 0.1 < found.iso_score < 0.9


@pytest.mark.parametrize("n", [2, 3, 10, 300])
def test_iso_score_counts_the_dimensions_that_are_used(n):
    for k in range(1, n + 1):  # the paper's own check: k of n dimensions used alike give (k - 1) / (n - 1)
        variances = np.array([1.0] * k + [0.0] * (n - k))
        assert iso_score(7 * variances) == pytest.approx((k - 1) / (n - 1), abs=1e-9)


def test_iso_score_of_nothing():
    assert iso_score(np.array([2.0])) is None
    assert iso_score(np.zeros(5)) is None
    same = diagnose(vectors_of(np.ones((4, 3))))
    assert (same.isotropy.iso_score, same.isotropy.mean_cosine) == (None, pytest.approx(1))


def test_mean_cosine_is_over_all_pairs():
    matrix = drawn(40)
    matrix[3] = 0
    unit = np.delete(matrix, 3, axis=0).astype(float)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    cosines = (unit @ unit.T)[np.triu_indices(39, 1)]
    assert diagnose(vectors_of(matrix)).isotropy.mean_cosine == pytest.approx(cosines.mean(), abs=1e-6)


def test_shares_of_variance():
    matrix = drawn()
    variances = np.sort(np.linalg.eigvalsh(np.cov(matrix.T.astype(float))))[::-1]
    shares = diagnose(vectors_of(matrix)).isotropy.shares
    assert shares == pytest.approx(variances / variances.sum(), rel=1e-5)


def test_norms_by_frequency():
    matrix = drawn() * np.linspace(3, 1, 300)[:, None].astype(np.float32)
    found = diagnose(vectors_of(matrix)).norms
    lengths = np.linalg.norm(matrix.astype(float), axis=1)
    assert found.lengths == pytest.approx(lengths)
    assert found.correlation == pytest.approx(spearmanr(-np.arange(300), lengths).statistic)
    first, second = found.bands
    assert (first.first, first.last, second.first, second.last) == (1, 100, 101, 300)
    assert second.median == pytest.approx(np.median(lengths[100:]))


def test_hubs_by_brute_force():
    matrix = drawn(120)
    found = diagnose(vectors_of(matrix), DiagnosisConfig(k=4, num_words=100)).hubs
    unit = matrix[:100].astype(float) / np.linalg.norm(matrix[:100], axis=1, keepdims=True)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -2)
    counts = np.bincount(np.argsort(-cosines, axis=1)[:, :4].ravel(), minlength=100)
    assert (found.occurrences == counts).all()
    assert found.skewness == pytest.approx(skew(counts))
    assert found.num_lonely == (counts == 0).sum()
    word, number = found.largest()[0]
    assert (word, number) == (WORDS[counts.argmax()], counts.max())


def test_a_hub_is_named():
    matrix = np.random.default_rng(5).normal(size=(300, 40)) + 0.5
    matrix[7] = 0.5  # the direction that all have in common
    found = diagnose(vectors_of(matrix))
    hubs = finding(found.findings, "hubs")
    assert hubs.verdict == "look"
    assert hubs.examples[0] == f"{WORDS[7]} {found.hubs.occurrences[7]}"
    assert "--centre" in hubs.advice


def test_rows_that_are_equal_near_or_zero():
    matrix = drawn()
    matrix[20] = matrix[10]
    matrix[30] = matrix[10]
    matrix[40] = 3 * matrix[41] + np.float32(1e-4)
    matrix[50] = 0
    matrix[51] = -0.0
    matrix[52] = 1e-6
    found = diagnose(vectors_of(matrix))
    assert found.duplicates.equal == [[10, 20, 30]]
    assert [40, 41] in found.duplicates.near.tolist()
    unit = matrix.astype(float) / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-30)
    pairs = np.argwhere(np.triu(unit @ unit.T, 1) > 0.999).tolist()
    pairs = [pair for pair in pairs if not (matrix[pair[0]] == matrix[pair[1]]).all()]
    assert found.duplicates.near.tolist() == pairs
    assert found.norms.tiny.tolist() == [50, 51, 52]
    equal = finding(found.findings, "duplicates")
    assert (equal.number, equal.examples[0]) == (3, f"{WORDS[10]} = {WORDS[20]} = {WORDS[30]}")
    assert finding(found.findings, "near zero").verdict == "fault"


def test_nearly_all_near_duplicates_are_found():
    rng = np.random.default_rng(1)
    matrix = rng.normal(size=(4_000, 50)) + 0.3
    noise = rng.normal(size=(2_000, 50))
    scale = (
        0.04 * np.linalg.norm(matrix[:2_000], axis=1, keepdims=True) / np.linalg.norm(noise, axis=1)[:, None]
    )
    matrix[2_000:] = matrix[:2_000] + scale * noise  # a cosine of about 0.9992
    words = [f"w{number}" for number in range(4_000)]
    near = {tuple(pair) for pair in diagnose(vectors_of(matrix, words)).duplicates.near.tolist()}
    found = sum((id, id + 2_000) in near for id in range(2_000))
    assert found > 1_990  # of 2,000; 1,999 or 2,000 for seeds 1 to 10


def test_equal_inputs_give_equal_results():
    one, two = (diagnose(vectors_of(drawn())).to_dict() for _ in range(2))
    assert one == two
    json.dumps(one, allow_nan=False)


@pytest.mark.parametrize("shape", [(1, 3), (2, 1), (2, 2), (3, 1), (5, 200)])
def test_small_sets(shape):
    found = diagnose(vectors_of(drawn(*shape)))
    json.dumps(found.to_dict(), allow_nan=False)
    assert bool(found.findings) == (shape[0] > 1)
    assert "Diagnosis" in found._repr_html_()


def test_extreme_rows():
    matrix = drawn(30)
    matrix[0] *= 1e30
    matrix[1] *= 1e-30
    json.dumps(diagnose(vectors_of(matrix)).to_dict(), allow_nan=False)
    json.dumps(diagnose(vectors_of(np.zeros((5, 3)))).to_dict(), allow_nan=False)


def test_nan_of_a_mapped_matrix(tmp_path):
    vectors_of(drawn(20)).save(tmp_path / "vectors")
    path = tmp_path / "vectors" / "matrix.npy"
    damaged = np.load(path)
    damaged[4, 2] = np.nan
    np.save(path, damaged)
    with pytest.raises(FormatError, match=f"found NaN in the vector of '{WORDS[4]}'"):
        diagnose(WordVectors.load(tmp_path / "vectors", verify=False))


@pytest.mark.parametrize("options", [{"k": 0}, {"num_words": 1}, {"seed": -1}, {"k": 2.5}])
def test_settings_that_make_no_sense(options):
    with pytest.raises(ConfigError, match=f"{next(iter(options))}: expected"):
        DiagnosisConfig(**options)


# ------------------------------------------------------------------ words

LEFT_OVERS = {
    "broken characters": ["caf\ufffd", "a\x00b", "\ufeffthe", "so\u00adft", "zero\u200bwidth", "\ue000"],
    "misread encoding": ["cafÃ©", "cafã©", "itâ€™s", "ÃŸ", "naÃ¯ve", "â‚¬", "Ð¿Ñ€Ð¸", "Â£5", "â\x80\x99"],
    "markup": ["<br", "/>the", "</ref>", 'class="left"', "[[file", "{{cite", "href=x"],
    "entities": ["&nbsp;", "&#8217;", "&amp", "nbsp", "ndash"],
    "addresses": ["http://a.b", "www.example", "me@example.org", "amazon.com", "https://x"],
    "pieces": ["##ing", "▁the", "Ġthe", "walk@@", "low</w>"],
    "punctuation": ["...", "--", ",", "--x", "(:"],
    "numbers": ["1", "3.14", "1,000", "1990s", "2nd", "$5", "50%", "1914-18"],
    "single letters": ["a", "b", "É", "ß", "я"],
}
HONEST = [
    "café", "naïve", "don't", "mother-in-law", "की", "می‌خواهم", "日本", "👩‍👩‍👧", "são", "pospíšil", "Åse",
    "o'neil", "u.s.", "rock'n'roll", "<unk>", "</s>", "[UNK]", "größe", "b2b", "état", "i̇stanbul", "ω",
]  # fmt: skip


@pytest.mark.parametrize("name", WORD_CHECKS)
def test_left_overs(name):
    for word in LEFT_OVERS[name]:
        found = finding(find_left_overs([word, *WORDS]), name)
        assert found is not None, word
        assert (found.number, found.examples) == (1, (word,))


def test_honest_words_are_no_left_overs():
    for word in HONEST:
        names = {each.name for each in find_left_overs([word, *WORDS])} - {"single letters"}
        assert not names, word
    assert {each.name for each in find_suspicious(HONEST)} == set()


@pytest.mark.parametrize("text", ["é", "’", "ß", "€", "ñandú", "при", "日本", "naïve café"])
def test_every_text_is_seen_to_be_misread(text):
    for word in text.split():
        misread = "".join(
            bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in word.encode("utf-8")
        )
        assert is_misread(misread)
        assert is_misread(word.encode("utf-8").decode("latin-1"))
        assert not is_misread(word)


def test_joiners_are_no_fault():
    assert not is_broken("می‌خواهم")  # with a zero-width non-joiner
    assert is_broken("می\u200bخواهم")


SUSPICIOUS = {
    "split contractions": (["don", "t", "doesn"], ["don", "doesn"]),
    "lost apostrophes": (["doesnt", "isnt", "the"], ["doesnt", "isnt"]),
    "two apostrophes": (["it’s", "it's", "l’eau"], ["it’s"]),
    "attached punctuation": (["film", "film,", "(film", "actor.", "'s", "s"], ["film,", "(film"]),
    "glued words": (
        ["end", "the", "end.the", "theEnd", "film.com", "com", "great", "sogreat"],
        ["end.the", "theEnd"],
    ),
    "upper case": (["the", "The", "THE", "Paris", "iPod"], ["The", "THE"]),
    "two normal forms": (["café", "cafe\u0301", "e\u0301te"], ["cafe\u0301"]),
}


@pytest.mark.parametrize("name", VOCABULARY_CHECKS)
def test_suspicious_words(name):
    words, expected = SUSPICIOUS[name]
    found = finding(find_suspicious(words), name)
    assert list(found.examples) == expected
    assert found.number == len(expected)
    assert found.verdict != "usual"
    assert found.advice


def test_words_that_vouch_for_others():
    assert finding(find_suspicious(["don", "t", "n't", "doesn"]), "split contractions") is None
    assert finding(find_suspicious(["don", "t", "don't"]), "split contractions") is None
    assert finding(find_suspicious(["isnt", "isn't"]), "lost apostrophes") is None


def test_frequent_words_glued_together():
    words = ["the", "of", "and", "in", *(f"w{number}x" for number in range(5_000)), "ofthe", "into", "bathe"]
    assert finding(find_suspicious(words), "glued words").examples == ("ofthe",)


def test_two_words_with_a_capital_between_them():
    words = ["great", "movie", "greatMovie", "McDonald", "mc", "donald", "iPhone"]
    assert finding(find_suspicious(words), "glued words").examples == ("greatMovie",)


def test_alphabetical_order():
    words = sorted(WORDS)
    assert finding(find_suspicious(words), "order").verdict == "look"
    assert finding(find_suspicious(words[::-1]), "order") is None
    assert finding(find_suspicious(words[:100]), "order") is None


def test_more_than_usual_is_worth_a_look():
    few = finding(find_left_overs([*WORDS, "1"]), "numbers")
    many = finding(find_left_overs([*WORDS, *map(str, range(100))]), "numbers")
    assert (few.verdict, few.advice) == ("usual", "")
    assert (many.verdict, many.number) == ("look", 100)
    assert "--min-count" in many.advice


def test_vectors_that_all_point_one_way():
    found = diagnose(vectors_of(1 + 1e-5 * drawn()))
    assert found.hubs is None
    assert finding(found.findings, "mean cosine").verdict == "fault"
    json.dumps(found.to_dict(), allow_nan=False)


def test_equal_and_empty_vectors_are_no_hubs():
    matrix = drawn()
    matrix[50:150] = matrix[10]
    matrix[200:220] = 0
    found = diagnose(vectors_of(matrix)).hubs
    kept = [*range(50), *range(150, 200), *range(220, 300)]
    assert list(found.words) == [WORDS[id] for id in kept]
    alone = diagnose(vectors_of(matrix[kept], [WORDS[id] for id in kept])).hubs
    assert (found.occurrences == alone.occurrences).all()
