"""Make the page and the pictures from the JSON files in benchmarks/results/.

    python benchmarks/summary.py

Writes README.md (all ratios and limits), roofline.md and kernel_parts*.md (tables for the pages on speed),
ratios.svg, and docs/explanation/roofline.svg.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drawings import draw_ratios, draw_roofline

from pipelines.plots.files import save_figure

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
ROOFLINE = ROOT / "docs" / "explanation" / "roofline.svg"


def read_results() -> dict[str, dict[str, Any]]:
    """The results of each benchmark, by name; what two of them measure is told apart by theirs."""
    results = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(RESULTS.glob("*.json"))}
    for name, result in results.items():
        for each in (*result["ratios"], *result["limits"]):
            each["what"] = f"{name.replace('_', ' ')}: {each['what']}"
    return results


def number(value: float) -> str:
    """A number in as many digits as a reader needs."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def kept(promise: float | None, holds: bool, word: str) -> str:
    """The promise, and whether it holds."""
    return "" if promise is None else f"{word} {number(promise)}: {'yes' if holds else '**no**'}"


def ratio_table(results: Mapping[str, dict[str, Any]]) -> str:
    """A table of all speeds against peers."""
    lines = ["| what | peer | its figure | wordlab | times as fast | promised |", "|---|---|--:|--:|--:|---|"]
    for result in results.values():
        for each in result["ratios"]:
            least = each["least"]
            promise = kept(least, least is None or each["times"] >= least, "at least")
            lines.append(
                f"| {each['what']} | {each['peer']} | {number(each['theirs'])} {each['unit']} | "
                f"{number(each['ours'])} {each['unit']} | **{each['times']:.1f}** | {promise} |"
            )
    return "\n".join(lines) + "\n"


def limit_table(results: Mapping[str, dict[str, Any]]) -> str:
    """A table of all figures with a bound."""
    lines = ["| what | found | promised |", "|---|--:|---|"]
    for result in results.values():
        for each in result["limits"]:
            promise = kept(each["most"], each["found"] <= each["most"], "at most")
            lines.append(f"| {each['what']} | {number(each['found'])} {each['unit']} | {promise} |")
    return "\n".join(lines) + "\n"


def source_table(results: Mapping[str, dict[str, Any]]) -> str:
    """A table of how, where and when each file was measured."""
    lines = ["| file | measured | date | commit | load | other processes |", "|---|---|---|---|--:|--:|"]
    for name, result in results.items():
        machine = result["machine"]
        others = "" if machine["others"] is None else f"{machine['others']:.0%}"
        lines.append(
            f"| `{name}.json` | {result['title']} | {machine['date']} | {machine['commit'] or ''} | "
            f"{machine['load'][0]} | {others} |"
        )
    return "\n".join(lines) + "\n"


def machine_sentence(results: Mapping[str, dict[str, Any]]) -> str:
    """The machines and versions, each named once."""
    said = []
    for result in results.values():
        machine = result["machine"]
        versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
        sentence = f"{machine['cpu']}, {machine['cores']} cores, {machine['system']}, "
        sentence += f"Python {machine['python']}, {versions}.\n"
        if sentence not in said:
            said.append(sentence)
    return "\n".join(said)


def page(results: Mapping[str, dict[str, Any]]) -> str:
    """The page of all results."""
    parts = [
        "Made by `benchmarks/summary.py` from the JSON files in `benchmarks/results/`.\n",
        machine_sentence(results),
    ]
    if any(result["ratios"] for result in results.values()):
        parts += ["![How many times as fast as each peer](ratios.svg)\n", ratio_table(results)]
    if any(result["limits"] for result in results.values()):
        parts.append(limit_table(results))
    return "\n".join([*parts, source_table(results)])


def roofline_table(result: dict[str, Any]) -> str:
    """A table of the kernel beside what the cores deliver."""
    word, lines = result["measured"]["needs"], []
    lines.append(
        f"{result['title']}; {result['machine']['date']}. Of the words read {word['kept']:.1%} are kept, "
        f"with {word['context']:.2f} words of context on average: {word['operations']:,.0f} operations "
        f"and {word['bytes']:,.0f} bytes a word read.\n"
    )
    lines.append(
        "| threads | words/s | kernel | matrix product | share | kernel | copy | share | rows | share |"
    )
    lines.append("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for threads, each in result["measured"]["standing"].items():
        cells = [threads, f"{each['words'] / 1e6:.2f}M"]
        cells += [f"{each[name] / 1e9:.0f} GFLOP/s" for name in ("operations", "product")]
        cells.append(f"{each['operations'] / each['product']:.0%}")
        cells += [f"{each[name] / 1e9:.0f} GB/s" for name in ("bytes", "copy")]
        cells += [f"{each['bytes'] / each['copy']:.0%}", f"{each['rows'] / 1e9:.0f} GB/s"]
        lines.append(f"| {' | '.join([*cells, format(each['bytes'] / each['rows'], '.0%')])} |")
    return "\n".join(lines) + "\n"


def parts_table(result: dict[str, Any]) -> str:
    """A table of the time that an epoch saves without each part of the kernel."""
    lines = [f"{result['title']}; {result['machine']['date']}.\n", "| left out | saves |", "|---|--:|"]
    lines += [f"| {part} | {share:.0%} |" for part, share in result["measured"]["saves"].items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write every page and picture for which there are results."""
    results = read_results()
    if not results:
        sys.exit(f"Error: expected JSON files in {RESULTS}, found none; make bench writes them")
    write = {"README.md": page(results)}
    if "roofline" in results:
        write["roofline.md"] = roofline_table(results["roofline"])
        save_figure(draw_roofline(results["roofline"]["measured"]), ROOFLINE, overwrite=True)
    for name in ("kernel_parts", "kernel_parts_default"):
        if name in results:
            write[f"{name}.md"] = parts_table(results[name])
    for name, text in write.items():
        (RESULTS / name).write_text(text, encoding="utf-8")
    ratios = [each for result in results.values() for each in result["ratios"]]
    if ratios:
        save_figure(draw_ratios(ratios), RESULTS / "ratios.svg", overwrite=True)


if __name__ == "__main__":
    main()
