from urllib.parse import urlsplit

import pytest

from wordlab.embeddings import pretrained_sets
from wordlab.embeddings.pretrained import find_set
from wordlab.embeddings.pretrained.catalogue import near_names
from wordlab.errors import SourceError


def test_the_sets_are_those_of_torchtext():
    names = {known.name for known in pretrained_sets()}
    glove = {"6B": (50, 100, 200, 300), "42B": (300,), "840B": (300,), "twitter.27B": (25, 50, 100, 200)}
    assert names >= {f"glove.{corpus}.{dim}d" for corpus, dims in glove.items() for dim in dims}
    assert names >= {"fasttext.en", "fasttext.simple", "fasttext.zh", "charngram.100d"}
    assert len(names) == len(pretrained_sets()) == 10 + 1 + 177


@pytest.mark.parametrize("known", pretrained_sets(), ids=lambda known: known.name)
def test_a_set_is_whole(known):
    address = urlsplit(known.url)
    assert (address.scheme, address.query, address.fragment) == ("https", "", "")
    assert known.file_name
    assert known.licence
    assert (known.member is None) == known.file_name.endswith(".vec")
    assert known.sha256 is None or (len(known.sha256) == 64 and int(known.sha256, 16))
    # the digest of no bytes at all, which torchtext has for some languages, is no digest of vectors
    assert not (known.sha256 or "").startswith("e3b0c44298fc1c14")
    assert known.name.startswith("fasttext") or known.name.endswith(f".{known.dim}d")


def test_sizes_and_digests_of_glove_are_known():
    glove = [known for known in pretrained_sets() if known.family == "glove"]
    assert len(glove) == 10
    assert all(known.num_bytes and known.num_words and known.sha256 for known in glove)


def test_names_of_torchtext_and_other_languages():
    assert find_set("fasttext.en.300d") is find_set("fasttext.en")
    other = find_set("fasttext.tlh")
    assert other.url == "https://dl.fbaipublicfiles.com/fasttext/vectors-wiki/wiki.tlh.vec"
    assert other.sha256 is None


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("glove.6B.51d", "; near names: glove.6B.50d, glove.6B.100d, glove.6B.300d"),
        ("GLOVE.6b.50D", "; near names: glove.6B.50d, glove.6B.300d, glove.6B.200d"),
        ("fasttext.../../x", ""),
        ("bert", ""),
    ],
)
def test_other_names(name, near):
    with pytest.raises(SourceError) as caught:
        find_set(name)
    assert str(caught.value) == (f"{name}: expected the name of pretrained vectors, found no such name{near}")


def test_a_file_name_is_near_its_set():
    assert near_names("glove.6B.50d.txt")[0] == "glove.6B.50d"
    assert near_names("vectors.txt") == []


def test_honest_files_fit_below_the_limit():
    # 171,350,079 bytes are Stanford's glove.6B.50d.txt; 5,646,236,541 glove.840B.300d.txt
    assert 171_350_079 < find_set("glove.6B.50d").most_bytes(0) < 10 * 171_350_079
    assert 5_646_236_541 < find_set("glove.840B.300d").most_bytes(0) < 10 * 5_646_236_541
