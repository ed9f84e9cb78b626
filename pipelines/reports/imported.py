"""What `wordlab embeddings import` prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines import console


def print_imported(facts: dict[str, Any]) -> None:
    """Print what was read from a file of vectors, and what was skipped."""
    only = facts["only"]
    console.print_facts(
        {
            "vectors": console.folder(Path(facts["output"])),
            "size": console.size(facts),
            **_source_words(facts["pretrained"]),
            "format": facts["format"],
            **_oddities(facts),
            "wanted": only and f"{only['num_found']:,} found of {console.plural(only['num_wanted'], 'word')}",
            "dropped": _dropped_words(facts),
            "skipped": _skipped_words(facts),
            "time": console.duration(facts["seconds"]),
        }
    )
    if not facts["skipped"]:
        return
    console.print_heading("Skipped")
    kinds = sorted(facts["skipped"].items(), key=lambda item: -item[1])
    console.print_table(("kind", "number"), [(kind, f"{number:,}") for kind, number in kinds])
    listed = facts["skipped_listed"]
    rest = sum(facts["skipped"].values()) - len(listed)
    console.print_heading("The first of them" if rest else "All of them")
    for message in listed:
        console.line(console.visible(message))
    if "skipped_hint" in facts:
        console.say(f"Warning: words were left out because of their encoding; {facts['skipped_hint']}")


def _oddities(facts: dict[str, Any]) -> dict[str, str]:
    """How the file departs from its format, and the prefix that was stripped from words."""
    return {
        shown: console.visible(facts[name])
        for name, shown in (
            ("separator", "separator"),
            ("encoding", "encoding"),
            ("byte_order", "byte order"),
            ("prefix", "taken off"),
        )
        if name in facts
    }


def _source_words(pretrained: dict[str, Any] | None) -> dict[str, str]:
    """The origin and licence of pretrained vectors, and the digests that were checked."""
    if pretrained is None:
        return {}
    kinds = {"package": "package ", "cache": "cache, ", "download": "downloaded from "}
    digests = pretrained["digests"].items()
    return {
        "from": kinds[pretrained["from"]] + pretrained["where"],
        "licence": pretrained["licence"],
        "SHA-256": ", ".join(f"{digest[:12]}… {name}" for name, digest in digests),
    }


def _dropped_words(facts: dict[str, Any]) -> str | None:
    if not facts["num_duplicates"]:
        return None
    kept = "last" if facts["duplicates"] == "last" else "first"
    return f"{console.plural(facts['num_duplicates'], 'row')} of repeated words; the {kept} is kept"


def _skipped_words(facts: dict[str, Any]) -> str | None:
    skipped = facts["skipped"]
    if skipped is None:
        return None  # reading was strict
    return console.plural(sum(skipped.values()), "place") if skipped else "nothing"
