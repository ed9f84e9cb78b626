"""What the commands of `wordlab corpus` print."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import console
from pipelines.console import plural as _plural
from pipelines.console import share as _share
from wordlab.text.tokenizers.tweets import MASKS
from wordlab.visible import listed

if TYPE_CHECKING:
    from wordlab.text.subsampling_effect import SubsamplingReport

_DONE = {"mask": "masked", "drop": "dropped"}
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
            "stop words": _stop_words(facts["stop_words"]),
            "words": f"{facts['num_words']:,} of {facts['num_raw_types']:,} ({_limits(facts)})",
            "most frequent": " ".join(entry["word"] for entry in facts["most_frequent"]),
            "replaced": _replaced_words(facts["num_replaced"]),
            "time": f"{console.duration(facts['seconds'])} ({rate} tokens/s)",
        }
    )


def _replaced_words(number: int) -> str | None:
    return f"{_plural(number, 'place')} where the bytes were not in the encoding" if number else None


def _stop_words(facts: dict[str, Any] | None) -> str | None:
    if facts is None:
        return None
    return f"{facts['num_tokens']:,} tokens of the {_plural(facts['num_words'], 'word')} in {facts['name']}"


def _limits(facts: dict[str, Any]) -> str:
    limit = f", at most {facts['max_vocab']:,} words" if facts["max_vocab"] else ""
    return f"each at least {_plural(facts['min_count'], 'time')}{limit}"


def print_stats(facts: dict[str, Any]) -> None:
    """Print the `corpus_statistics` of a corpus."""
    sources = [source["name"] for source in facts["sources"]]
    subsampling = facts["subsampling"]
    console.print_facts(
        {
            "tokens": f"{facts['num_tokens']:,}",
            "lines": f"{facts['num_lines']:,}",
            "words": f"{facts['num_words']:,}, phrases included; {facts['num_raw_types']:,} in the text"
            if facts["phrases"]
            else f"{facts['num_words']:,} of {facts['num_raw_types']:,} in the text",
            "kept": f"{_share(facts['share_kept'])} of the {facts['num_raw_tokens']:,} tokens in the text",
            "stop words": _stop_words(facts["stop_words"]),
            "sentences": facts["sentences"] and f"a line each, by the rules of {facts['sentences']}",
            "counts": f"{facts['mean_count']:,.1f} a word on average, {facts['rarest_count']:,} the rarest",
            "subsampled": subsampling
            and f"with threshold {subsampling['threshold']:g} ({subsampling['form']}, "
            f"seed {subsampling['seed']}): {subsampling['num_tokens_before']:,} tokens before",
            "phrases": facts["phrases"] and _phrase_words(facts["phrases"]),
            "tokenizer": ", ".join(_tokenizer_words(facts["tokenizer"])),
            "sources": listed(sources, 3) or None,
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
    if facts["phrases"]:
        _print_best(facts["phrases"])


def print_phrases(facts: dict[str, Any]) -> None:
    """Print what `corpus phrases` found, and what it made of the corpus if it wrote one."""
    config, made = facts["config"], {}
    if facts["output"] is not None:
        made = {
            "tokens": f"{facts['num_tokens']:,}, {facts['num_tokens_before']:,} before",
            "words": f"{facts['num_words']:,}, {facts['num_words_before']:,} before",
            "corpus": console.folder(Path(facts["output"])),
        }
    console.print_facts(
        {
            "phrases": _phrase_words(facts),
            "scorer": f"{config['scorer']}, above {config['threshold']:g}, at least "
            f"{_plural(config['min_count'], 'time')}",
            "connectors": " ".join(config["connector_words"][:20]) or None,
            **made,
            "list": facts["list"],
            "time": console.duration(facts["seconds"]),
        }
    )
    _print_best(facts)


def _phrase_words(facts: Mapping[str, Any]) -> str:
    """The number of phrases, and that of each pass if there are several."""
    passes = [f"{one['num_phrases']:,} in pass {number}" for number, one in enumerate(facts["passes"], 1)]
    return f"{facts['num_phrases']:,}" + (f" ({', '.join(passes)})" if len(passes) > 1 else "")


def _print_best(facts: Mapping[str, Any]) -> None:
    """Print the best phrases, with their passes if there are several."""
    if not facts["best"]:
        return
    console.print_heading("Best phrases")
    columns = ("phrase", "count", "score", "pass")[: 4 if len(facts["passes"]) > 1 else 3]
    shown = [
        (each["phrase"], f"{each['count']:,}", f"{each['score']:,.3f}", str(each["pass"]))
        for each in facts["best"]
    ]
    console.print_table(columns, [row[: len(columns)] for row in shown])


def _tokenizer_words(tokenizer: dict[str, Any]) -> list[str]:
    case = "lower-cased" if tokenizer["lowercase"] else "case kept"
    language = tokenizer.get("language")
    words = [tokenizer["name"], f"{case} as in {language}" if language else case]
    words += ["hyphens split"] if tokenizer.get("hyphens") == "split" else []
    words += ["markup stripped"] if tokenizer.get("markup") == "strip" else []
    words += ["plain characters (NFKC)"] if tokenizer.get("unicode") == "nfkc" else []
    words += ["accents folded"] if tokenizer.get("accents") == "fold" else []
    specials = ((option, tokenizer.get(option)) for option in MASKS)
    words += [f"{option} {_DONE[value]}" for option, value in specials if value in _DONE]
    words += [f"pieces of {tokenizer['pieces']['name']}"] if "pieces" in tokenizer else []
    return words + (["phrases joined"] if "phrases" in tokenizer else [])


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


def _shown_lengths(lengths: Mapping[str, float]) -> list[str]:
    """A summary's values for a table: mean, shortest, quartiles, 95% and longest."""
    return [f"{value:,.1f}" if name == "mean" else f"{value:,.0f}" for name, value in lengths.items()]
