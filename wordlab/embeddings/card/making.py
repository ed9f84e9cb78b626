"""How vectors were made, and from what: training, a file, or pretrained vectors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wordlab import schema
from wordlab.artifact import Artifact
from wordlab.cards.document import Block, Facts, Text, as_code
from wordlab.cards.facts import config_facts, library_facts, parent_facts
from wordlab.embeddings.vectors import WordVectors
from wordlab.visible import clipped

_OBJECTIVES = {"skipgram": "skip-gram", "cbow": "CBOW", "glove": "GloVe"}
_CORPUS = {"num_tokens": int, "digest": str | None}
_STEPS = "Changed after training, in this order: retrofitted, centred, directions removed, reduced, scaled."


def kind_of(config: Mapping[str, Any]) -> str | None:
    """The objective that a config trains, as people write it."""
    name = str(config.get("objective") if config.get("objective") == "glove" else config.get("model"))
    return _OBJECTIVES.get(name)


def origin_of(details: Mapping[str, Any]) -> str:
    """Where vectors with these details come from, to complete a sentence."""
    config = details.get("config") or {}
    if kind := kind_of(config):
        return f"trained by {kind}"
    if origin := details.get("origin"):
        return f"read from {clipped(str(origin), 80)}"
    return "of unknown origin"


def making_blocks(vectors: WordVectors, source: Artifact) -> Iterator[Block]:
    """How the vectors were made, by what they and their manifest record; ArtifactError for a damaged one."""
    details = vectors.details
    pretrained = details.get("pretrained") or {}
    if pretrained:
        facts = {name: value for name, value in pretrained.items() if name != "digests"}
        yield Facts(config_facts(facts) | {f"SHA-256 of {name}": as_code(str(digest)) for name, digest in
                                           (pretrained.get("digests") or {}).items()})  # fmt: skip
    elif details.get("origin"):
        yield Facts(config_facts({"origin": details["origin"], "format": details.get("format")}))
    for number, run in enumerate(details.get("runs") or (), 1):
        if len(details["runs"]) > 1:
            yield Text(f"Run {number} of {len(details['runs'])}:")
        yield Facts(_run_facts(run, f"{source.where}: details: runs"))
    changed = details.get("postprocessed")
    if changed:
        yield Text(_STEPS)
        yield Facts(config_facts(changed))
    if not pretrained and not details.get("runs") and not details.get("origin"):
        yield Text("Not recorded.")
    yield Facts(parent_facts(source.manifest, source.where) | library_facts(source.manifest))


def _run_facts(run: Mapping[str, Any], where: str) -> dict[str, str | None]:
    losses = schema.fields(run, {"losses": list[float]}, where, optional=True).get("losses")
    corpus = schema.fields(run.get("corpus", {}), _CORPUS, f"{where}: corpus", optional=True)
    text = None
    if "num_tokens" in corpus:
        text = f"{corpus['num_tokens']:,} tokens"
    loss = None if not losses else f"{losses[0]:.4f} in the first epoch, {losses[-1]:.4f} in the last"
    return config_facts(run.get("config") or {}) | {
        "text": text,
        "digest of the corpus": as_code(corpus["digest"]) if corpus.get("digest") else None,
        "mean loss": loss,
    }
