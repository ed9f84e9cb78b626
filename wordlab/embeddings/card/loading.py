"""How vectors are loaded by other programs: each a program that runs as it stands."""

from __future__ import annotations

from collections.abc import Iterator

from wordlab.cards.document import Code, Text
from wordlab.embeddings.vectors import WordVectors

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
import numpy as np
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import StaticEmbedding
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from wordlab.embeddings import WordVectors

vectors = WordVectors.load({path!r})
ids = {{word: id for id, word in enumerate(vectors.vocabulary.words)}}
tokenizer = Tokenizer(WordLevel({{"[UNK]": len(ids), **ids}}, unk_token="[UNK]"))
tokenizer.pre_tokenizer = WhitespaceSplit()
matrix = np.vstack([vectors.matrix, np.zeros((1, vectors.dim), np.float32)])
model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=matrix)])
print(model.encode([{text}]).shape)
"""


def loading_blocks(vectors: WordVectors, path: str) -> Iterator[Text | Code]:
    """A program for each library that can hold the vectors, which are in the directory called `path`."""
    word = _example(vectors)
    yield Text("`wordlab`, where `wordlab embeddings nearest` asks the same from a shell:")
    yield Code("python", _WORDLAB.format(path=path, word=word), "wordlab")
    if vectors.subwords is None or vectors.subwords.num_hashes == 0:
        yield Text("gensim, with equal vectors:")
        yield Code("python", _GENSIM.format(path=path, word=word), "gensim")
    yield Text("spaCy; put your language in the place of `xx`:")
    yield Code("python", _SPACY.format(path=path, word=word), "spacy")
    yield Text(
        "sentence-transformers, which averages the vectors of the words of a text; a text is cut at spaces"
        + (", after the tokenizer of these vectors has put them there:" if vectors.tokenizer else ":")
    )
    text = f"{word!r}" if vectors.tokenizer is None else f'" ".join(vectors.tokenizer({word!r}))'
    yield Code("python", _SENTENCES.format(path=path, text=text), "sentence_transformers")


def _example(vectors: WordVectors) -> str:
    """A word that can be shown: frequent, of letters alone, and longer than most function words."""
    words = vectors.vocabulary.first(2_000)
    for word in (*words[200:], *words):
        if word.isascii() and word.isalpha() and len(word) > 3:
            return word
    return words[0]
