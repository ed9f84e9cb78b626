"""How vectors are loaded by other programs: each a program that runs as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wordlab.cards.document import Code, Text
from wordlab.embeddings.formats.static_files import tokenizer_of
from wordlab.embeddings.vectors import WordVectors
from wordlab.text.tokenizers.pipeline import is_expressible

_WORDLAB = """\
from wordlab.embeddings import WordVectors

vectors = WordVectors.load({path!r})
print(vectors.nearest({word!r}, k=5))
"""
_GENSIM = """\
from wordlab.embeddings import WordVectors

keyed = WordVectors.load({path!r}).to_gensim()
print(keyed.most_similar({word!r}, topn=5))
"""
_SPACY = """\
import spacy
from spacy.vectors import Vectors
from wordlab.embeddings import WordVectors

vectors = WordVectors.load({path!r})
nlp = spacy.blank("xx")
nlp.vocab.vectors = Vectors(
    strings=nlp.vocab.strings, data=vectors.matrix.copy(), keys=vectors.vocabulary.words
)
print(nlp.vocab[{word!r}].vector)
"""
_SENTENCES = """\
from sentence_transformers import SentenceTransformer
from wordlab.embeddings import WordVectors, write_vectors

vectors = WordVectors.load({path!r})
write_vectors(vectors, "sentences", format="sentence-transformers", overwrite=True)
print(SentenceTransformer("sentences").encode([{word!r}]).shape)
"""
_MODEL2VEC = """\
from model2vec import StaticModel

model = StaticModel.from_pretrained({repository!r})
print(model.encode([{word!r}]).shape)
"""
_SENTENCE_TRANSFORMERS = """\
from sentence_transformers import SentenceTransformer

model = SentenceTransformer({repository!r})
print(model.encode([{word!r}]).shape)
"""


class HubPlace(NamedTuple):
    """A repository on the Hub, and which of `HUB_FORMATS` the vectors have there."""

    repository: str
    format: str
    pooling: str | None = None
    """Whose weights the rows hold there, so that plain means of them are its vectors of texts."""


def loading_blocks(vectors: WordVectors, path: str, place: HubPlace | None = None) -> Iterator[Text | Code]:
    """A program for each library that can hold the vectors, which are in the directory called `path`.

    If they are published at a `place`, they are fetched from there first.
    """
    word = _example(vectors)
    if place is not None:
        yield from _fetching_blocks(place, path, word)
    yield Text("`wordlab`, where `wordlab embeddings nearest` asks the same from a shell:")
    yield Code("python", _WORDLAB.format(path=path, word=word), "wordlab")
    if vectors.subwords is None or vectors.subwords.num_hashes == 0:
        yield Text("gensim, with equal vectors:")
        yield Code("python", _GENSIM.format(path=path, word=word), "gensim")
    yield Text("spaCy; put your language in the place of `xx`:")
    yield Code("python", _SPACY.format(path=path, word=word), "spacy")
    is_there = place is not None and place.format == "sentence-transformers"
    if is_expressible(tokenizer_of(vectors)) and not is_there:
        yield Text("sentence-transformers, which averages the vectors of the known words of a text:")
        yield Code("python", _SENTENCES.format(path=path, word=word), "sentence_transformers")


def _fetching_blocks(place: HubPlace, path: str, word: str) -> Iterator[Text | Code]:
    by_format = {
        "model2vec": ("model2vec", _MODEL2VEC),
        "sentence-transformers": ("sentence_transformers", _SENTENCE_TRANSFORMERS),
    }
    if place.format in by_format:
        library, program = by_format[place.format]
        weights = "" if place.pooling is None else f", weighted as by {place.pooling} on texts of the maker"
        yield Text(f"{place.format}, where a text is the mean of the vectors of its known words{weights}:")
        yield Code("python", program.format(repository=place.repository, word=word), library)
    yield Text(f"All other programs here want the vectors in a directory called `{path}`:")
    yield Code("console", f"$ wordlab embeddings import hf://{place.repository} -o {path}", "wordlab")


def _example(vectors: WordVectors) -> str:
    """A word that can be shown: frequent, of letters alone, and longer than most function words."""
    words = vectors.vocabulary.first(2_000)
    for word in (*words[200:], *words):
        if word.isascii() and word.isalpha() and len(word) > 3:
            return word
    return words[0]
