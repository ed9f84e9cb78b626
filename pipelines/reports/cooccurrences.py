"""What `corpus cooccurrences` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines import console

_COLUMNS = ("word", "context", "count", "PMI")


def print_cooccurrences(facts: dict[str, Any]) -> None:
    """Print what was counted, the most frequent pairs and those asked for."""
    config, output = facts["config"], facts["output"]
    sides = "on both sides" if config["symmetric"] else "to the left"
    each = "1/d at distance d" if config["distance_weights"] else "1 at any distance"
    console.print_facts(
        {
            "counts": output and console.folder(Path(output)),
            "pairs": f"{facts['num_pairs']:,} of {console.plural(facts['num_words'], 'word')}",
            "contexts": f"up to {console.plural(config['window'], 'word')} {sides}, each {each}",
            "corpus": f"{facts['corpus']['num_tokens']:,} tokens",
            "picture": facts["plot"],
            "time": console.duration(facts["seconds"]) if "seconds" in facts else None,
        }
    )
    _print_pairs("Most frequent pairs", facts["top"])
    _print_pairs("Pairs asked for", facts["pairs"])


def _print_pairs(heading: str, pairs: Sequence[Mapping[str, Any]]) -> None:
    if pairs:
        console.print_heading(heading)
        rows = [
            (pair["word"], pair["context"], f"{pair['value']:,.2f}", f"{pair['pmi']:.2f}") for pair in pairs
        ]
        console.print_table(_COLUMNS, rows, left=2)


def example_pair(facts: Mapping[str, Any]) -> tuple[str, str]:
    """A pair to ask about: of those listed, the one that says most."""
    pairs = facts["top"] or [{"word": "king", "context": "queen", "pmi": 0.0}]
    best = max(pairs, key=lambda pair: pair["pmi"])
    return best["word"], best["context"]
