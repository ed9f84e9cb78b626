"""How the commands show their results to people; programs get the same as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import console
from pipelines.console import plural as _plural
from pipelines.console import share as _share

if TYPE_CHECKING:
    from wordlab.embeddings.evaluation.analogy import AnalogyResult
    from wordlab.embeddings.evaluation.similarity import SimilarityResult
    from wordlab.embeddings.vectors import WordVectors
    from wordlab.text.subsampling import SubsamplingReport

_LOSS_ROWS = 10
_LENGTHS = ("mean", "shortest", "25%", "median", "75%", "95%", "longest")


def print_built(facts: dict[str, Any]) -> None:
    """Print what `corpus build` made."""
    rate = console.magnitude(facts["num_raw_tokens"] / max(facts["seconds"], 1e-9))
    console.print_facts(
        {
            "corpus": console.folder(Path(facts["output"])),
            "read": f"{facts['num_raw_tokens']:,} tokens from {_plural(len(facts['sources']), 'source')}",
            "kept": f"{facts['num_tokens']:,} tokens in {_plural(facts['num_lines'], 'line')}",
            "dropped": f"{facts['num_dropped_tokens']:,} tokens ({_share(facts['dropped_share'])}) "
            f"that are not in the vocabulary",
            "words": f"{facts['num_words']:,} of {facts['num_raw_types']:,} ({_limits(facts)})",
            "most frequent": " ".join(entry["word"] for entry in facts["most_frequent"]),
            "replaced": _replaced_words(facts["num_replaced"]),
            "time": f"{console.duration(facts['seconds'])} ({rate} tokens/s)",
        }
    )


def _replaced_words(number: int) -> str | None:
    return f"{_plural(number, 'place')} where the bytes were no UTF-8" if number else None


def _limits(facts: dict[str, Any]) -> str:
    limit = f", at most {facts['max_vocab']:,} words" if facts["max_vocab"] else ""
    return f"each at least {_plural(facts['min_count'], 'time')}{limit}"


def print_stats(facts: dict[str, Any]) -> None:
    """Print the `corpus_statistics` of a corpus."""
    sources = [source["name"] for source in facts["sources"]]
    shown = ", ".join(sources[:3]) + (f" and {len(sources) - 3} more" if len(sources) > 3 else "")
    subsampling = facts["subsampling"]
    console.print_facts(
        {
            "tokens": f"{facts['num_tokens']:,}",
            "lines": f"{facts['num_lines']:,}",
            "words": f"{facts['num_words']:,} of {facts['num_raw_types']:,} in the text",
            "kept": f"{_share(facts['share_kept'])} of the {facts['num_raw_tokens']:,} tokens in the text",
            "counts": f"{facts['mean_count']:,.1f} a word on average, {facts['rarest_count']:,} the rarest",
            "subsampled": subsampling
            and f"with threshold {subsampling['threshold']:g} ({subsampling['form']}, "
            f"seed {subsampling['seed']}): {subsampling['num_tokens_before']:,} tokens before",
            "tokenizer": ", ".join(_tokenizer_words(facts["tokenizer"])),
            "sources": shown or None,
            "replaced": _replaced_words(facts["num_replaced"]),
        }
    )
    console.print_heading("Tokens in a line")
    console.print_table(_LENGTHS, [_shown_lengths(facts["line_lengths"])], left=0)
    if facts["coverage"]:
        console.print_heading("Share of all tokens")
        coverage = [(f"the {int(n):,} most frequent", _share(part)) for n, part in facts["coverage"].items()]
        console.print_table(("words", "share"), coverage)
    if facts["most_frequent"]:
        console.print_heading("Most frequent words")
        rows = [(e["word"], f"{e['count']:,}", _share(e["share"])) for e in facts["most_frequent"]]
        console.print_table(("word", "count", "share"), rows)


def _tokenizer_words(tokenizer: dict[str, Any]) -> list[str]:
    words = [tokenizer["name"], "lower-cased" if tokenizer["lowercase"] else "case kept"]
    return words + (["hyphens split"] if tokenizer.get("hyphens") == "split" else [])


def print_subsample(report: SubsamplingReport, before: dict[str, float], after: dict[str, float]) -> None:
    """Print what subsampling does: `before` and `after` sum up the line lengths."""
    emptied = report.num_lines - report.num_lines_kept
    console.print_facts(
        {
            "threshold": f"{report.threshold:g}, form {report.form}, seed {report.seed}",
            "tokens kept": f"{report.num_kept:,} of {report.num_tokens:,} ({_share(report.share_kept)})",
            "lines kept": f"{report.num_lines_kept:,} of {report.num_lines:,} ({emptied:,} are left empty)",
        }
    )
    console.print_heading("Words")
    rows = [
        (sample.word, f"{sample.rank + 1:,}", f"{sample.count:,}", f"{sample.num_kept:,}",
         _share(sample.num_kept / sample.count), _share(sample.keep_probability))
        for sample in report.words
    ]  # fmt: skip
    console.print_table(("word", "rank", "before", "after", "kept", "expected"), rows)
    console.print_heading("Tokens in a line")
    lengths = [["before", *_shown_lengths(before)], ["after", *_shown_lengths(after)]]
    console.print_table(("", *_LENGTHS), lengths if after else lengths[:1])


def print_trained(facts: dict[str, Any]) -> None:
    """Print what `embeddings train` made."""
    speed = console.magnitude(facts["words_per_second"])
    console.print_facts(
        {
            "vectors": console.folder(Path(facts["output"])),
            "size": f"{facts['num_words']:,} words, {facts['dim']} dimensions",
            "time": f"{console.duration(facts['seconds'])}, training at {speed} words/s",
        }
    )
    console.print_heading("Mean loss of a pair")
    losses = facts["losses"]
    every = -(-len(losses) // _LOSS_ROWS)  # of many epochs only some, the last one always
    rows = [(epoch, f"{losses[epoch - 1]:.4f}") for epoch in range(len(losses), 0, -every)]
    console.print_table(("epoch", "loss"), rows[::-1], left=0)


def print_similarities(results: Sequence[SimilarityResult]) -> None:
    """Print a table with a row for each test set."""
    console.print_heading("Word similarity (correlation with people's scores)")
    rows = []
    for result in results:
        low, high = result.interval or (None, None)
        interval = "-" if low is None else f"{low:.3f} to {high:.3f}"
        numbers = [_number(result.spearman), interval, _number(result.pearson)]
        rows.append((result.name, *numbers, f"{result.num_pairs:,}", f"{result.num_lost:,}"))
    console.print_table(("test", "Spearman", "95% interval", "Pearson", "pairs used", "lost"), rows)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def print_analogies(results: Sequence[AnalogyResult]) -> None:
    """Print a table with a row for each section, and a column for each method."""
    console.print_heading("Analogies (share of questions answered rightly)")
    first = results[0]
    groups = [[*result.sections, result.semantic, result.syntactic, result.total] for result in results]
    rows = []
    for scores in zip(*groups, strict=True):
        score = scores[0]
        if score is None:
            continue
        shares = [_share(s.accuracy) if s is not None and s.num_used else "-" for s in scores]
        name = score.name if score in first.sections else score.name.capitalize()
        covered = (f"{score.num_used:,}", f"{score.num_lost:,}", _share(score.coverage))
        rows.append((name, *shares, *covered))
    methods = [{"3cosadd": "3CosAdd", "3cosmul": "3CosMul"}[result.method] for result in results]
    console.print_table(("section", *methods, "used", "lost", "coverage"), rows)


def _shown_lengths(lengths: Mapping[str, float]) -> list[str]:
    """A summary's values for a table: mean, shortest, quartiles, 95% and longest."""
    return [f"{value:,.1f}" if name == "mean" else f"{value:,.0f}" for name, value in lengths.items()]


def example_word(vectors: WordVectors) -> str:
    """A word to ask about: a common one, but no function word and no number, as far as one can tell."""
    words = vectors.vocabulary.words
    for word in ("king", "city", "water", *words[200:400], *words):
        if word in vectors and word.isalpha() and len(word) > 3:
            return word
    return words[0]
