"""gensim's own files: KeyedVectors by its ``save`` and ``load``.

They are pickles. Loading a pickle runs whatever code its maker put in, so this format is never detected:
the caller has to name it.
"""

from __future__ import annotations

from typing import IO

from wordlab.embeddings.formats.build import build_vectors
from wordlab.embeddings.formats.columns import column_block, pick_words
from wordlab.embeddings.formats.files import Source
from wordlab.embeddings.formats.format import FileForm, Format
from wordlab.embeddings.formats.reading import ReadOptions, Skipped
from wordlab.embeddings.formats.seekable import as_file
from wordlab.embeddings.interop.gensim_vectors import from_keyed_vectors, subwords_of
from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import FormatError
from wordlab.visible import clipped


def read_gensim(source: Source, options: ReadOptions) -> WordVectors:
    """The vectors of gensim's KeyedVectors or of a whole model, with the subwords of its FastText.

    Arrays that gensim wrote to files beside this one are found there, unless it comes as a stream.
    FormatError if gensim cannot load it. This can run code that the file's maker put in.
    """
    from gensim.models import KeyedVectors

    with as_file(source) as path:
        try:
            model = KeyedVectors.load(str(path))
            keyed = getattr(model, "wv", model)
            vocabulary, matrix = from_keyed_vectors(keyed)
            subwords = subwords_of(keyed)
        except Exception as error:  # a pickle can raise anything
            problem = clipped(" ".join(f"{type(error).__name__}: {error}".split()), 600)
            raise FormatError(
                f"{source.name}: expected KeyedVectors saved by gensim, found something else ({problem})"
            ) from error
    skipped = Skipped(options)
    encoded = [word.encode("utf-8", "surrogatepass") for word in vocabulary.words]
    words, rows = pick_words(encoded, source, options, skipped)
    block = column_block(words, rows, matrix[rows], vocabulary.counts[rows], source, skipped)
    return build_vectors(
        [block],
        source,
        format="gensim",
        options=options,
        skipped=skipped,
        where=source.record,
        subwords=subwords if options.takes_all else None,
    )


def write_gensim(vectors: WordVectors, stream: IO[bytes]) -> None:
    """Write the vectors as gensim's KeyedVectors, its FastTextKeyedVectors if there are subwords.

    Everything is in one file, which appears whole or not at all; gensim's ``mmap`` needs several.
    """
    vectors.to_gensim().save(stream)


FORMAT = Format(file=FileForm(read=read_gensim, write=write_gensim, runs_code=True))
