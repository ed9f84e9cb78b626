"""How every benchmark describes the machine and reports what it measured.

`--json` prints one JSON object instead of the table; `--json FILE` prints the table and writes the
object to FILE. All objects have the same keys: title, machine, options, ratios (speeds against a peer),
limits (figures that must stay below a bound) and measured (what the script likes).
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PACKAGES = ("numpy", "numba", "llvmlite", "pyarrow", "gensim", "fasttext", "torch", "torchtext")


def measured_apart(code: str, *arguments: str) -> dict[str, Any]:
    """What `code`, run in a fresh process, prints as JSON; `arguments` follow it in its ``sys.argv``."""
    command = [sys.executable, "-c", code, *arguments]
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@dataclass(frozen=True)
class Ratio:
    """How many times as fast as a peer wordlab does something."""

    what: str
    peer: str
    times: float
    """The median of the runs' ratios; peer and wordlab run in turn."""
    theirs: float
    ours: float
    unit: str
    least: float | None = None
    """The ratio to reach, if one is set."""


@dataclass(frozen=True)
class Limit:
    """A figure and its upper bound."""

    what: str
    found: float
    most: float
    unit: str


def ratio(
    what: str,
    peer: str,
    theirs: Sequence[float],
    ours: Sequence[float],
    unit: str,
    least: float | None = None,
) -> Ratio:
    """The Ratio of runs taken in turn, from speeds (a unit that ends in /s) or times."""
    pairs = zip(ours, theirs, strict=True) if unit.endswith("/s") else zip(theirs, ours, strict=True)
    times = statistics.median(one / other for one, other in pairs)
    return Ratio(what, peer, times, statistics.median(theirs), statistics.median(ours), unit, least)


def add_json_option(parser: argparse.ArgumentParser) -> None:
    """Add `--json`, with or without a file name."""
    parser.add_argument(
        "--json", nargs="?", type=Path, const=Path("-"), metavar="FILE",
        help="print one JSON object, or write it to FILE as well as printing the table",
    )  # fmt: skip


def deliver(
    options: argparse.Namespace,
    title: str,
    table: str,
    *,
    ratios: Iterable[Ratio] = (),
    limits: Iterable[Limit] = (),
    measured: Mapping[str, Any] | None = None,
) -> None:
    """Write the table to standard output and the results where `--json` says."""
    target = options.json
    result = {
        "title": title,
        "machine": machine(),
        "options": {name: value for name, value in vars(options).items() if name != "json"},
        "ratios": [dataclasses.asdict(each) for each in ratios],
        "limits": [dataclasses.asdict(each) for each in limits],
        "measured": measured or {},
    }
    text = json.dumps(result, indent=2) + "\n"
    if target == Path("-"):
        sys.stdout.write(text)
        return
    sys.stdout.write(f"{title}\n{machine_line()}\n{table}")
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.partial")
        partial.write_text(text, encoding="utf-8")
        partial.replace(target)


def verdicts(ratios: Iterable[Ratio] = (), limits: Iterable[Limit] = ()) -> str:
    """A line for each promise: kept or not."""
    lines = [
        f"{each.what}, {each.peer}: {each.times:.1f} times as fast, at least {each.least:g}: "
        f"{'yes' if each.times >= each.least else 'NO'}\n"
        for each in ratios
        if each.least is not None
    ]
    lines += [
        f"{each.what}: {each.found:.4g} {each.unit}, at most {each.most:.4g}: "
        f"{'yes' if each.found <= each.most else 'NO'}\n"
        for each in limits
    ]
    return "".join(lines)


def machine() -> dict[str, Any]:
    """The facts that belong to every figure: the machine, its load, and the versions."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "load": [round(load, 1) for load in os.getloadavg()],
        "others": _share_of_others(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {name: found for name in PACKAGES if (found := _version(name))},
        "commit": _commit(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }


def machine_line() -> str:
    """The machine in one line."""
    facts = machine()
    load = ", ".join(f"{load:.1f}" for load in facts["load"])
    others = "" if facts["others"] is None else f", other processes {facts['others']:.0%}"
    return f"{facts['cpu']}, {facts['cores']} cores, load {load}{others}, Python {facts['python']}"


def _cpu() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _commit() -> str | None:
    """The commit, with a plus sign if the code has uncommitted changes."""
    git = ["git", "-C", str(ROOT)]
    found = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    if found.returncode:
        return None
    changed = subprocess.run([*git, "diff", "--quiet", "HEAD", "--", "*.py"]).returncode
    return found.stdout.strip() + ("+" if changed else "")


def _seconds() -> tuple[float, float] | None:
    """Processor seconds since the machine started: all, and those of this process and its children."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return None
    user, nice, system, _, _, irq, softirq, steal = map(int, stat.read_text().split()[1:9])
    used = (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
    return used, sum(os.times()[:4])


_clock, _before = os.times().elapsed, _seconds()


def _share_of_others() -> float | None:
    """The share of all cores that other processes used since this one began."""
    now, elapsed = _seconds(), os.times().elapsed - _clock
    if now is None or _before is None or not elapsed:
        return None
    used, own = (after - before for after, before in zip(now, _before, strict=True))
    return round(max(0.0, used - own) / (elapsed * (os.cpu_count() or 1)), 3)
