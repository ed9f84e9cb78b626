"""`wordlab corpus phrases`: find words that belong together, and join them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.config_options import config_from, config_options
from pipelines.reports import corpus as reports
from wordlab import artifact
from wordlab.io.places import check_apart, check_file
from wordlab.text.phrases.config import ENGLISH_CONNECTOR_WORDS, PhraseConfig
from wordlab.text.phrases.scorers import SCORERS

if TYPE_CHECKING:
    from wordlab.text.corpus import Corpus
    from wordlab.text.phrases.value import Phrases

_THRESHOLDS = ", ".join(f"{scorer.threshold:g} for {name}" for name, scorer in SCORERS.items())
_LISTS = {"english": ENGLISH_CONNECTOR_WORDS, "none": ()}


@click.command("phrases", cls=options.Command)
@options.artifact_argument("directory", "CORPUS")
@config_options(
    PhraseConfig, choices={"scorer": tuple(SCORERS)}, defaults={"threshold": _THRESHOLDS},
    leave_out=["connector_words"],
)  # fmt: skip
@click.option(
    "--connector-words", type=options.NameOrPath(), default="none", show_default=True, metavar="LIST",
    help="Words that may stand inside a phrase, but not at its ends, as in bank_of_america: english, none, "
    "or a file with one a line.",
)  # fmt: skip
@click.option(
    "--list", "list_file", type=options.Written(), default=None, metavar="FILE",
    help="Write all phrases as TSV, best first: pass, phrase, count, score.",
)  # fmt: skip
@click.option(
    "--top", type=click.IntRange(min=0), default=20, show_default=True, metavar="N",
    help="How many of the best phrases to show.",
)  # fmt: skip
@options.output_option("corpus with joined phrases", required=False)
@options.threads_option
@options.quiet_option
@options.json_option
def phrases(
    directory: Path,
    connector_words: str,
    list_file: Path | None,
    top: int,
    output: Path | None,
    overwrite: bool,
    threads: int | None,
    quiet: bool,
    as_json: bool,
    **settings: Any,
) -> None:
    """Find phrases such as new_york: words that stand together more often than by chance.

    With -o a corpus is written in which each phrase is one word. Whatever is trained on it joins the same
    phrases in new texts.

    \b
    Example:
      wordlab corpus phrases corpus/ --list phrases.tsv
      wordlab corpus phrases corpus/ --connector-words english --passes 2 -o joined/
      wordlab corpus phrases corpus/ --scorer npmi --threshold 0.6 --min-count 10 -o joined/ --json
    """
    if list_file is not None:
        check_file(list_file, overwrite=overwrite)
        check_apart(list_file, [directory, output])
    if output is not None:
        artifact.check_output(output, overwrite=overwrite, inputs=[directory])
    config = config_from(PhraseConfig, settings | {"connector_words": _connector_words(connector_words)})
    from wordlab.text.corpus import Corpus
    from wordlab.text.phrases.storage import write_list
    from wordlab.text.phrases.value import Phrases

    loaded, joined = Corpus.load(directory), None
    with console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        common: dict[str, Any] = {"threads": threads, "on_progress": on_progress}
        if output is not None:
            joined = loaded.join_phrases(output, config, overwrite=overwrite, **common)
            found = joined.tokenizer.phrases or Phrases()
        else:
            before = loaded.tokenizer.phrases or Phrases()
            found = before.then(loaded.find_phrases(config, **common))
    if list_file is not None:
        write_list(found, list_file, overwrite=overwrite)
    facts = _facts(config, loaded, joined, found, top) | {
        "output": output and str(output),
        "list": list_file and str(list_file),
        **taken,
    }
    if as_json:
        console.print_json(facts)
        return
    reports.print_phrases(facts)
    if output is None:
        typed = ("wordlab", "corpus", "phrases", console.folder(directory), "-o", "joined/")
        console.say_next(typed, quiet=quiet)
    else:
        console.say_next(
            ("wordlab", "corpus", "stats", console.folder(output)),
            ("wordlab", "embeddings", "train", console.folder(output), "-o", "vectors/"),
            quiet=quiet,
        )


def _connector_words(given: str) -> tuple[str, ...]:
    """The words of one of the known lists, or of a file."""
    if given in _LISTS:
        return _LISTS[given]
    from wordlab.text.word_lines import read_words

    return read_words(given, "connector word")


def _facts(
    config: PhraseConfig, before: Corpus, after: Corpus | None, found: Phrases, top: int
) -> dict[str, Any]:
    from wordlab.text.statistics import phrase_statistics

    sizes = {"num_tokens_before": before.num_tokens, "num_words_before": len(before.vocabulary)}
    if after is not None:
        sizes |= {"num_tokens": after.num_tokens, "num_words": len(after.vocabulary)}
    return {"config": dataclasses.asdict(config), **phrase_statistics(found, top), **sizes}
