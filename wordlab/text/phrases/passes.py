"""Pass after pass: phrases are found and joined, then found in the joined text."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field
from typing import Any

from wordlab.progress import OnProgress, Reporter
from wordlab.text.phrases.config import PhraseConfig
from wordlab.text.phrases.counting import Work, num_readings
from wordlab.text.phrases.finding import Found, find
from wordlab.text.phrases.joining import join
from wordlab.text.phrases.pairs import PairReader
from wordlab.text.phrases.text import Text
from wordlab.text.phrases.value import Phrase, PhrasePass, Phrases, in_order

_logger = logging.getLogger(__name__)


@dataclass
class Passes:
    """What came of the passes so far: the phrases, the joined text, and facts of each pass."""

    text: Text
    phrases: Phrases = field(default_factory=Phrases)
    facts: list[dict[str, Any]] = field(default_factory=list)


def run_passes(
    text: Text,
    config: PhraseConfig,
    folder: str | os.PathLike[str],
    work: Work,
    on_progress: OnProgress | None = None,
    *,
    join_last: bool = True,
) -> Passes:
    """Find phrases in `text` and join them, as often as `config` says; scratch files go to `folder`.

    A pass that finds none is the last, since the next would find the same; the log says so. The last pass
    need not join.
    """
    _check_connectors(text, config)
    done = Passes(text)
    for number in range(1, config.passes + 1):
        name = f", pass {number}" if config.passes > 1 else ""
        reader = PairReader(done.text, config.connector_words)
        total = num_readings(reader, work) * done.text.num_tokens
        reporter = Reporter(on_progress, f"find phrases{name}", "tokens", total)
        found = find(reader, config, work, reporter)
        reporter.report(total)
        if not found.keys.size:
            _logger.warning("%s", _none_found(found.nearest, config, number))
            break
        recorded = _recorded(found, config)
        if number < config.passes or join_last:
            reporter = Reporter(on_progress, f"join phrases{name}", "tokens", done.text.num_tokens)
            before, done.text = done.text, join(reader, found, folder, work, reporter)
            reporter.report(before.num_tokens)
            done.facts.append(_facts(recorded, before))
        done.phrases = done.phrases.then(Phrases((recorded,)))
    return done


def _recorded(found: Found, config: PhraseConfig) -> PhrasePass:
    if config.threshold is None:
        raise RuntimeError("a config settles its threshold")
    return PhrasePass(
        config.scorer, config.threshold, config.min_count, config.connector_words, in_order(found.phrases)
    )


def _facts(recorded: PhrasePass, before: Text) -> dict[str, Any]:
    return {
        "num_phrases": len(recorded.phrases),
        "num_tokens_before": before.num_tokens,
        "num_words_before": before.num_words,
    }


def _none_found(nearest: Phrase | None, config: PhraseConfig, number: int) -> str:
    where = f" in pass {number}" if config.passes > 1 else ""
    if nearest is None:
        return f"no phrase found{where}: no pair of words occurs {config.min_count:,} times or more"
    return (
        f"no phrase found{where}: the best pair, {nearest.joined}, scores {nearest.score:.3g}, which is not "
        f"above {config.threshold:g}"
    )


def _check_connectors(text: Text, config: PhraseConfig) -> None:
    """Say so in the log if connector words were asked for and none occurs: perhaps their case is another."""
    if config.connector_words and not set(config.connector_words).intersection(text.words.to_pylist()):
        _logger.warning("none of the %d connector words occurs in the corpus", len(config.connector_words))
