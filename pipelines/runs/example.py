"""The pipeline that `wordlab run --init` writes, and the text that it runs on."""

from __future__ import annotations

from pathlib import Path

from wordlab.errors import OutputExistsError
from wordlab.io.atomic import staged_file
from wordlab.io.places import check_file

TEXT = "news.txt"
_PACKAGED = "lee_background.cor"  # 300 news articles, which come with gensim

EXAMPLE = """\
# A pipeline: steps that `wordlab run {name}` runs in order, each again only when something changed.
# Try `wordlab run {name} --dry-run`, change a number, and try again.

# Where everything goes, beside this file. Left out, it is the name of this file without its end.
output = "{output}"

# Values used in several places, as {{name}}.
[variables]
min_count = 5

# Steps that use one of these run once for each value, and for each combination of several.
[matrix]
window = [2, 10]
seed = [1, 2]

# A step is a command with its arguments and options: `wordlab corpus build --help` lists them.
[steps.corpus]
command = "corpus build"
input = ["{text}"]             # names of files are seen from the directory of this file
min-count = "{{min_count}}"

# {{corpus}} is what that step wrote, so this one runs after it.
[steps.vectors]
command = "embeddings train"
corpus = "{{corpus}}"
window = "{{window}}"
seed = "{{seed}}"
epochs = 20
subsample = 1e-3
plot = "loss.png"

# Scores of all combinations stand in one table at the end.
[steps.scores]
command = "embeddings evaluate"
vectors = "{{vectors}}"
no-analogies = true            # the text is too small for them
"""


def write_example(path: Path, *, overwrite: bool = False) -> Path:
    """The path of the text beside the pipeline that is written to `path`; OutputExistsError if one is there.

    A text that is there already and is this one stays.
    """
    from wordlab.embeddings.evaluation.datasets import packaged_file

    text = path.with_name(TEXT)
    content = packaged_file(_PACKAGED).read_bytes()
    check_file(path, overwrite=overwrite, make_parents=True)
    is_there = text.is_file() and text.read_bytes() == content
    if not is_there:
        if text.exists() and not overwrite:
            raise OutputExistsError(f"{text}: exists already, with another text; choose another directory")
        with staged_file(text, overwrite=overwrite, make_parents=True) as staging:
            staging.write_bytes(content)
    with staged_file(path, overwrite=overwrite, make_parents=True) as staging:
        output = path.stem if path.suffix else f"{path.name}-output"
        filled = EXAMPLE.format(name=path.name, output=output, text=TEXT)
        staging.write_text(filled, encoding="utf-8")
    return text
