"""Numbers about a corpus that `corpus stats`, `corpus phrases` and `corpus subsample` report."""

from __future__ import annotations

from typing import Any

import numpy as np

from wordlab.text.choices import SubsampleForm
from wordlab.text.corpus import Corpus
from wordlab.text.phrases.value import Phrases
from wordlab.text.storage import compact, split_chunks
from wordlab.text.subsampling import draw

QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.95, 1.0)
_TOP = (100, 1_000, 10_000)


def corpus_statistics(corpus: Corpus, *, top: int = 20) -> dict[str, Any]:
    """What `corpus stats --json` prints: sizes, coverage, line lengths, the `top` most frequent words.

    Shares are of all tokens of the corpus, except `share_kept`, which is of the tokens read.
    """
    counts, details, phrases = corpus.vocabulary.counts, corpus.details, corpus.tokenizer.phrases
    num_raw = details.get("num_raw_tokens", corpus.num_tokens)
    num_dropped = details.get("num_dropped_tokens", 0)
    reached = np.cumsum(counts)
    return {
        "num_tokens": corpus.num_tokens,
        "num_lines": corpus.num_lines,
        "num_words": len(counts),
        "num_raw_tokens": num_raw,
        "num_raw_types": details.get("num_raw_types", len(counts)),
        "num_dropped_tokens": num_dropped,
        "share_kept": 1 - num_dropped / num_raw if num_raw else 1.0,
        "min_count": details.get("min_count"),
        "max_vocab": details.get("max_vocab"),
        "stop_words": details.get("stop_words"),
        "sentences": details.get("sentences"),
        "rarest_count": int(counts[-1]),
        "mean_count": corpus.num_tokens / len(counts),
        "coverage": {
            str(size): float(reached[size - 1] / corpus.num_tokens) for size in _TOP if size < len(counts)
        },
        "line_lengths": summary(np.diff(corpus.line_offsets)),
        "most_frequent": most_frequent(corpus, top),
        "tokenizer": corpus.tokenizer.to_dict(),
        "sources": details.get("sources", []),
        "num_replaced": details.get("num_replaced", 0),
        "subsampling": details.get("subsampling"),
        "phrases": None if phrases is None else phrase_statistics(phrases, top),
    }


def phrase_statistics(phrases: Phrases, top: int) -> dict[str, Any]:
    """How many phrases there are, the settings and the number of each pass, and the `top` best ones."""
    return {
        "num_phrases": len(phrases),
        "passes": [{**one.settings(), "num_phrases": len(one.phrases)} for one in phrases.passes],
        "best": [
            {"phrase": phrase.joined, "pass": number, "count": phrase.count, "score": phrase.score}
            for number, phrase in phrases.best(top)
        ],
    }


def most_frequent(corpus: Corpus, top: int) -> list[dict[str, Any]]:
    """The `top` most frequent words with their counts and shares of all tokens."""
    words, counts = corpus.vocabulary.words[:top], corpus.vocabulary.counts[:top].tolist()
    return [
        {"word": word, "count": count, "share": count / corpus.num_tokens}
        for word, count in zip(words, counts, strict=True)
    ]


def summary(lengths: np.ndarray) -> dict[str, float]:
    """Mean and quantiles of line lengths in tokens; "median" is the quantile 0.5."""
    if not len(lengths):
        return {}
    names = ("shortest", "quarter", "median", "three_quarters", "most", "longest")
    values = np.quantile(lengths, QUANTILES)
    return {"mean": float(lengths.mean()), **dict(zip(names, map(float, values), strict=True))}


def lengths_before_and_after(
    corpus: Corpus, *, threshold: float, form: SubsampleForm, seed: int
) -> tuple[dict[str, float], dict[str, float]]:
    """The `summary` of all line lengths, and of those that `Corpus.subsample` leaves."""
    keep = corpus.keep_probabilities(threshold, form=form)
    drawn = draw(split_chunks(corpus.token_ids, corpus.line_offsets), keep, seed)
    ends = [line_ends for _, line_ends in compact(drawn)]
    after = np.asarray(np.diff(np.concatenate(ends), prepend=0))
    return summary(np.diff(corpus.line_offsets)), summary(after)
