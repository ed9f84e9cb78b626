"""What `embeddings diagnose` prints: a line for each finding, and below it what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines import console
from wordlab.visible import clipped, visible

if TYPE_CHECKING:
    from wordlab.embeddings.diagnosis.diagnosing import Diagnosis
    from wordlab.embeddings.diagnosis.findings import Finding

_NAMES = {"usual": "usual", "look": "look", "fault": "FAULT"}


def print_diagnosis(found: Diagnosis) -> None:
    """Print all findings, those that need something done with their advice."""
    console.line(f"{found.num_words:,} words, {found.dim} dimensions")
    console.print_heading("Vectors")
    _print_findings([each for each in found.findings if each not in found.words])
    console.print_heading("Words")
    _print_findings(found.words)
    if not found.words:
        console.line("usual  nothing that looks like a left-over")
    console.line()
    faults, looks = found.num_of("fault"), found.num_of("look")
    worth = f"{looks} worth a look" if looks else "nothing else worth a look"
    console.line(f"{console.plural(faults, 'fault')}, {worth}")


def _print_findings(findings: tuple[Finding, ...] | list[Finding]) -> None:
    for each in findings:
        number = "" if each.number is None else f"{each.number:,} "
        examples = ", ".join(clipped(visible(example)) for example in each.examples)
        typical = f" ({each.typical})" if each.typical else ""
        seen = f"{number}{each.seen}{typical}{': ' if examples else ''}{examples}"
        console.line(f"{_NAMES[each.verdict]:<5}  {seen}")
        if each.advice:
            console.line(f"       -> {each.advice}")
