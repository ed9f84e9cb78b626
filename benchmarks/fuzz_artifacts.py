"""Damaged and hostile artefacts of every kind, sealed with the right digests.

    python benchmarks/fuzz_artifacts.py --inputs 100000 --processes 2
    python benchmarks/fuzz_artifacts.py --kinds vectors --first 4711 --inputs 1 --show

Each input is a small artefact of which one to three parts are changed: a value in the manifest or in a
payload of JSON (another type, a huge number, deep nesting, a key that is missing), the bytes of the manifest,
or the bytes of a payload. Sizes and digests are then made to fit, so that nothing but the readers' own checks
stands between the content and the program. States of training are resumed from. It fails if

- loading it, or using what was loaded, raises anything but a WordlabError;
- the message is not one line;
- it takes longer than 20 s, or the process dies or runs out of memory.

An input depends only on the seed, the kind and its number. Exit code 1 if any input fails.
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import io
import json
import multiprocessing
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from fuzz_formats import SECONDS_ALLOWED, TookTooLongError, limit_memory
from mutations import HOSTILE_NUMBERS, HOSTILE_TEXT, mutate
from reporting import machine_line

from wordlab.errors import WordlabError

BATCH = 1_000
TEXTS = ["a good film of paris", "the king met a bad man", "so good and so great", "poor bad film"] * 6
LABELS = ["pos", "neg", "pos", "neg"] * 6
HOSTILE_VALUES: list[Any] = [
    None, True, False, 0, -1, 1.5, float("nan"), float("inf"), 1e308, "", "x", "a\nb\x1b[1m", "\ud800",
    "../x", [], {}, [[]], [None], {"": None}, [1, 2, 3], ["a", "a"], "9" * 5_000, *HOSTILE_NUMBERS,
    10**400,
]  # fmt: skip


class Kind(NamedTuple):
    """How an artefact of some kind is made, and how it is loaded and used."""

    make: Callable[[Path], Any]
    use: Callable[[Path], Any]


def _corpus() -> Any:
    from wordlab.text import Corpus

    return Corpus.from_lines(TEXTS * 20)


def _make_corpus(path: Path) -> None:
    from wordlab.text import Corpus

    path.with_suffix(".txt").write_text("\n".join(TEXTS), encoding="utf-8")
    Corpus.build([path.with_suffix(".txt")], path, min_count=1, threads=1)


def _use_corpus(path: Path) -> None:
    from pipelines.reports.corpus import print_stats
    from wordlab.text import Corpus
    from wordlab.text.statistics import corpus_statistics

    corpus = Corpus.load(path)
    list(corpus.lines())
    print_stats(corpus_statistics(corpus))


def _vectors(**options: Any) -> Any:
    from wordlab.training import Word2VecConfig, train

    return train(_corpus(), Word2VecConfig(dim=4, epochs=1, threads=1, subsample=0, **options))


def _with_subwords() -> Any:
    from wordlab.embeddings import WordVectors
    from wordlab.embeddings.subwords import Subwords

    vectors, rng = _vectors(), np.random.default_rng(1)
    subwords = Subwords(2, 3, rng.normal(size=(9, 4)).astype(np.float32))
    return WordVectors(vectors.vocabulary, vectors.matrix, subwords=subwords, tokenizer=vectors.tokenizer)


def _use_vectors(path: Path) -> None:
    from wordlab.embeddings import WordVectors

    vectors = WordVectors.load(path)
    vectors.nearest([vectors.vocabulary.words[0]], k=3)
    vectors.analogy(*(vectors.vocabulary.words * 3)[:3])


def _continue_vectors(path: Path) -> None:
    from wordlab.embeddings import WordVectors
    from wordlab.training import train

    start = WordVectors.load(path)
    config = start.details.get("config")
    if start.dim <= 64 and (not isinstance(config, dict) or config.get("epochs", 1) in (0, 1, None)):
        train(_corpus(), start=start)


def _resume(engine: str) -> Callable[[Path], None]:
    def resume(path: Path) -> None:
        from wordlab.training import Word2VecConfig, train

        options = {"batch_size": 4, "optimizer": "sparse_adam"} if engine == "torch" else {}
        config = Word2VecConfig(dim=4, epochs=2, threads=1, subsample=0)
        train(_corpus(), config, engine=engine, checkpoint=path, checkpoint_every=9e9, resume=True, **options)

    return resume


def _make_checkpoint(engine: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        """Interrupt training when the first state is on disk."""
        from wordlab.training import Word2VecConfig, train

        def stop(event: Any) -> None:
            if event.task == "train" and event.done:
                raise KeyboardInterrupt

        options = {"batch_size": 4, "optimizer": "sparse_adam"} if engine == "torch" else {}
        try:
            train(
                _corpus(), Word2VecConfig(dim=4, epochs=2, threads=1, subsample=0), engine=engine,
                checkpoint=path, checkpoint_every=9e9, on_progress=stop, **options,
            )  # fmt: skip
        except KeyboardInterrupt:
            return

    return make


def _train_model(name: str, **options: Any) -> Any:
    from wordlab.sentiment.models.baseline_config import BaselineConfig
    from wordlab.sentiment.models.config import ClassifierConfig
    from wordlab.sentiment.models.names import BASELINES, trainer

    kind = BaselineConfig if name in BASELINES else ClassifierConfig
    settings = (
        {"min_count": 1} if name in BASELINES else {"threads": 1, "epochs": 1, "hidden": 3, "num_channels": 2}
    )
    vectors = _vectors() if name in ("mean-vectors", "birnn") else None
    return trainer(name)(TEXTS, LABELS, kind(model=name, **settings, **options), vectors=vectors)


def _use_model(path: Path) -> None:
    from wordlab.sentiment.base import load_classifier

    model = load_classifier(path)
    model.predict(TEXTS[:2], threads=1)
    model.explain(TEXTS[0])


def _train_network(path: Path, *, resume: bool) -> Any:
    from wordlab.sentiment.models.config import ClassifierConfig
    from wordlab.sentiment.training.loop import train

    config = ClassifierConfig(
        dim=4, epochs=2 if resume else 1, threads=1, kernel_widths=(2,), num_channels=(2,), averaging=0.9,
        validation=0.3,
    )  # fmt: skip
    return train(TEXTS, LABELS, config, checkpoint=path, resume=resume)


def _images() -> Any:
    from wordlab.vision_theory.vision.images import ImageData, Images

    rng = np.random.default_rng(1)
    images = Images(rng.integers(0, 255, (8, 1, 16, 16), np.uint8), np.arange(8) % 2)
    return ImageData("noise", images, images, ("a", "b"))


def _vision_config(epochs: int) -> Any:
    from wordlab.vision_theory.vision.config import VisionConfig

    return VisionConfig(model="lenet", epochs=epochs, threads=1, schedule="constant", optimizer="adam")


def _make_images(path: Path) -> None:
    from wordlab.vision_theory.vision.training import train

    train(_images(), _vision_config(1)).save(path)


def _use_images(path: Path) -> None:
    from wordlab.vision_theory.vision.classifier import ImageClassifier
    from wordlab.vision_theory.vision.training import check_start, train

    classifier = ImageClassifier.load(path)
    data = _images()
    classifier.evaluate(data)
    check_start(classifier, data, _vision_config(2))
    train(data, _vision_config(2), start=classifier)


def _make_study(name: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        from wordlab.vision_theory.vision.scores import History
        from wordlab.vision_theory.vision.studies import batch_norm_findings as bn
        from wordlab.vision_theory.vision.studies.artefact import save_study
        from wordlab.vision_theory.vision.studies.depth_findings import DepthFindings, DepthStudy
        from wordlab.vision_theory.vision.studies.runs import TrainingRun

        study: Any = (
            DepthStudy(depths=(20, 8), epochs=1, seeds=1, threads=1)
            if name == "depth"
            else bn.BatchNormStudy(learning_rates=(0.1, 3.0), epochs=1, seeds=1, threads=1)
        )
        history = History((1.0,), (0.5,), (1.0,), (0.5,))
        runs = tuple(TrainingRun(config, history, None, 2) for config in study.configs())
        shown = tuple(
            bn.Distribution(flag, np.array([[1, 2], [3, 4]]), np.array([0.1, 0.2, 0.3]), np.eye(2, 3))
            for flag in (False, True)
        )
        findings: Any = (
            DepthFindings(study, "data", runs)
            if name == "depth"
            else bn.BatchNormFindings(study, "data", runs, ("relu", 0.1), shown)
        )
        save_study(path, findings, remarks=["Seen."], draw=lambda picture: picture.write_bytes(b"picture"))

    return make


def _use_study(path: Path) -> None:
    from wordlab.vision_theory.vision.studies.artefact import load_study, study_facts

    study_facts(load_study(path), [])


KINDS = {
    "corpus": Kind(_make_corpus, _use_corpus),
    "vectors": Kind(lambda path: _vectors().save(path), _use_vectors),
    "vectors int8": Kind(lambda path: _with_subwords().save(path, precision="int8"), _use_vectors),
    "vectors continued": Kind(lambda path: _vectors(loss="hierarchical").save(path), _continue_vectors),
    "subwords": Kind(lambda path: _with_subwords().save(path), _use_vectors),
    "checkpoint": Kind(_make_checkpoint("compiled"), _resume("compiled")),
    "checkpoint torch": Kind(_make_checkpoint("torch"), _resume("torch")),
    "textcnn": Kind(lambda path: _train_model("textcnn").save(path), _use_model),
    "birnn": Kind(lambda path: _train_model("birnn").save(path), _use_model),
    "nbsvm": Kind(lambda path: _train_model("nbsvm").save(path), _use_model),
    "tfidf": Kind(lambda path: _train_model("tfidf").save(path), _use_model),
    "mean-vectors": Kind(lambda path: _train_model("mean-vectors", weighting="sif").save(path), _use_model),
    "checkpoint of a classifier": Kind(
        lambda path: _train_network(path, resume=False), lambda path: _train_network(path, resume=True)
    ),
    "images": Kind(_make_images, _use_images),
    "study of depth": Kind(_make_study("depth"), _use_study),
    "study of batch-norm": Kind(_make_study("batch-norm"), _use_study),
}


def damage(directory: Path, random: Random, others: list[bytes]) -> list[str]:
    """Change one to three parts of the artefact and seal it again; what was changed."""
    changed = []
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        path = random.choice(sorted(directory.iterdir()))
        path = directory / "manifest.json" if random.random() < 0.4 else path
        data = path.read_bytes()
        new = _changed(path.suffix, data, random, others)
        path.write_bytes(new)
        changed.append(f"{path.name}: {len(data)} -> {len(new)} bytes")
    if random.random() < 0.97:
        _seal(directory)
    return changed


def _changed(suffix: str, data: bytes, random: Random, others: list[bytes]) -> bytes:
    if suffix == ".json" and random.random() < 0.8:
        try:
            return _changed_json(json.loads(data), random)
        except (ValueError, RecursionError):
            return mutate(data, random, others)
    if suffix == ".npy" and random.random() < 0.7:
        return _changed_npy(data, random, others)
    if suffix == ".parquet" and random.random() < 0.7:
        return _changed_parquet(data, random)
    if suffix == ".safetensors" and random.random() < 0.6:
        size = int.from_bytes(data[:8], "little")
        try:
            header = _changed_json(json.loads(data[8 : 8 + size]), random)
        except (ValueError, RecursionError):
            header = b"{}"
        return len(header).to_bytes(8, "little") + header + data[8 + size :]
    if random.random() < 0.1:
        return random.choice([b"", b"PK\x03\x04", b"\x80\x04.", b"{}", b"null", random.choice(others)])
    return mutate(data, random, others)


def _changed_json(value: Any, random: Random) -> bytes:
    """JSON with some value in it replaced, dropped, added, or nested deep."""
    text = ""
    for _ in range(random.choice((1, 1, 2))):
        parent, key = _place(value, random)
        if parent is None:
            value = random.choice(HOSTILE_VALUES)
            continue
        action = random.random()
        if action < 0.15:
            del parent[key]
        elif action < 0.25 and isinstance(parent, dict):
            parent[random.choice(["", "x", "../x", "a\0b", "shape", "model", "manifest.json"])] = parent[key]
        elif action < 0.32 and isinstance(parent, list):
            parent[key:key] = [parent[key]] * random.choice((1, 100))
        elif action < 0.40:
            text = random.choice(("[", '{"a":')) * random.choice((50, 150, 5_000, 100_000))
            parent[key] = "DEEP"
        elif action < 0.5 and isinstance(parent[key], int | float):
            parent[key] += random.choice((1, -1, 0.5, 10**6))
        else:
            parent[key] = random.choice(HOSTILE_VALUES)
    sys.set_int_max_str_digits(0)
    written = json.dumps(value, indent=random.choice((None, 2)))
    sys.set_int_max_str_digits(4300)
    if text:
        closed = "]" if text[0] == "[" else "}"
        depth = text.count(text[0])
        written = written.replace('"DEEP"', text + "1" + closed * random.choice((0, depth)))
    return written.encode("utf-8", "surrogatepass")


def _place(value: Any, random: Random) -> tuple[Any, Any]:
    """A container in `value` and a key or position in it, by a random walk downwards."""
    parent: Any = None
    key: Any = None
    while isinstance(value, dict | list) and value and (parent is None or random.random() < 0.8):
        parent = value
        key = random.choice(list(value)) if isinstance(value, dict) else random.randrange(len(value))
        value = value[key]
    return parent, key


def _changed_npy(data: bytes, random: Random, others: list[bytes]) -> bytes:
    action = random.random()
    if action < 0.4:  # the header alone, its length kept or made to fit
        size = int.from_bytes(data[8:10], "little")
        header = mutate(data[10 : 10 + size], random, [*others, *HOSTILE_TEXT])
        length = len(header) if random.random() < 0.8 else size
        return data[:8] + (length % 65_536).to_bytes(2, "little") + header + data[10 + size :]
    try:
        array = np.load(io.BytesIO(data), allow_pickle=False)
    except Exception:  # damaged already
        return mutate(data, random, others)
    flat = array.reshape(-1).copy()
    if action < 0.7 and len(flat):  # numbers
        if flat.dtype.kind == "f":
            flat[random.randrange(len(flat))] = random.choice((np.nan, np.inf, -np.inf, 1e38, 0))
        elif flat.dtype.kind in "iu":
            limits = np.iinfo(flat.dtype)
            flat[random.randrange(len(flat))] = random.choice(
                (limits.min, limits.max, -1 if limits.min else 1, 0)
            )
        array = flat.reshape(array.shape)
    elif action < 0.85:  # types
        with np.errstate(all="ignore"):
            array = array.astype(
                random.choice(["f2", "f4", "f8", "i1", "i4", "i8", "u8", ">f4", "c8", "?", "U3"])
            )
    else:  # shapes
        array = random.choice([array[:-1], array[:0], array[None], array.T, np.asfortranarray(array), flat])
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def _changed_parquet(data: bytes, random: Random) -> bytes:
    try:
        table = pq.read_table(io.BytesIO(data))
        table.validate(full=True)
    except Exception:  # damaged already
        return mutate(data, random, [data])
    if not table.column_names:
        return data
    name = random.choice(table.column_names)
    column = table.column(name).combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    place = random.randrange(max(1, len(column)))
    action = random.randrange(6)
    if action == 0:
        return _parquet(table.drop_columns([name]))
    if action == 1:
        return _parquet(table.slice(0, random.choice((0, 1, place))))
    values: list[Any] = column.to_pylist()
    if action == 2 and values:
        values[place] = None
    elif action == 3 and values:  # bytes that are not UTF-8
        blobs = [value.encode() if isinstance(value, str) else b"\xff" for value in values]
        blobs[place] = random.choice((b"\xff", b"\xed\xa0\x80", b"a\xc3"))
        binary = pa.array(blobs, pa.binary())
        wanted = column.type if column.type in (pa.string(), pa.large_string()) else pa.string()
        broken = pa.Array.from_buffers(pa.string(), len(binary), binary.buffers())
        return _parquet(table.set_column(0, name, broken if wanted == pa.string() else broken.cast(wanted)))
    elif action == 4 and values:
        values[place] = random.choice((2**62, -1, 0)) if isinstance(values[place], int) else values[0]
    else:
        kind = random.choice((pa.string(), pa.large_string(), pa.float64(), pa.int32(), pa.binary()))
        try:
            return _parquet(table.set_column(0, name, column.cast(kind)))
        except pa.ArrowException:
            return _parquet(table.append_column("x", column))
    return _parquet(table.set_column(table.column_names.index(name), name, pa.array(values, column.type)))


def _parquet(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def _seal(directory: Path) -> None:
    """Make sizes and digests in the manifest fit, as far as there is a manifest."""
    path = directory / "manifest.json"
    try:
        manifest = json.loads(path.read_bytes())
        payloads = manifest["payloads"]
        for name in payloads:
            data = (directory / name).read_bytes()
            if "bytes" in payloads[name] and not isinstance(payloads[name]["bytes"], str | list):
                payloads[name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        text = json.dumps(manifest)
    except (ValueError, TypeError, KeyError, OSError, RecursionError, AttributeError):
        return
    path.write_bytes(text.encode("utf-8", "surrogatepass"))


@dataclass
class Tally:
    """The outcomes of some inputs."""

    num_inputs: int = 0
    num_loaded: int = 0
    slowest: float = 0.0
    failures: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add the outcomes of others."""
        self.num_inputs += other.num_inputs
        self.num_loaded += other.num_loaded
        self.slowest = max(self.slowest, other.slowest)
        self.failures += other.failures


def check(kind: Kind, path: Path, show: bool) -> tuple[bool, str | None]:
    """Whether the artefact was loaded and used, and what is wrong with the outcome, if anything."""
    try:
        kind.use(path)
    except WordlabError as error:
        if show:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return False, None if len(str(error).splitlines()) == 1 else f"message {str(error)!r}"
    except TookTooLongError:
        return False, f"took longer than {SECONDS_ALLOWED} s"
    except Exception as error:  # any other exception is a finding
        if show:
            traceback.print_exc()
        frames = [
            frame for frame in traceback.extract_tb(error.__traceback__) if "/wordlab/" in frame.filename
        ]
        where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-2:]))
        return False, f"{type(error).__name__} at {where}: {str(error)[:150]!r}"
    return True, None


def run_batch(name: str, seed: int, first: int, number: int, master: Path, show: bool) -> Tally:
    """The outcomes of the inputs from `first` on, each under limits of time and memory."""
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, _raise_took_too_long)
    kind, tally = KINDS[name], Tally()
    directory = master / name
    others = [path.read_bytes() for path in sorted(directory.iterdir())]
    stdout, sys.stdout = sys.stdout, io.StringIO()  # what reports print
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        shutil.copytree(directory, path)
        kind.use(path)  # compiles and imports before limits count
        limit_memory()
        for index in range(first, first + number):
            random = Random(f"{seed}/{name}/{index}")  # noqa: S311 - not for secrets
            shutil.rmtree(path, ignore_errors=True)
            shutil.copytree(directory, path)
            changed = damage(path, random, others)
            start = time.perf_counter()
            faulthandler.dump_traceback_later(3 * SECONDS_ALLOWED, exit=True)
            signal.setitimer(signal.ITIMER_REAL, SECONDS_ALLOWED)
            loaded, problem = check(kind, path, show)
            signal.setitimer(signal.ITIMER_REAL, 0)
            tally.num_inputs += 1
            tally.num_loaded += loaded
            tally.slowest = max(tally.slowest, time.perf_counter() - start)
            if problem:
                tally.failures.append(f"{index}: {problem}   <- {'; '.join(changed)}")
            sys.stdout.seek(0)
            sys.stdout.truncate()
    faulthandler.cancel_dump_traceback_later()
    sys.stdout = stdout
    return tally


def _raise_took_too_long(*_: Any) -> None:
    raise TookTooLongError


def make_all(names: list[str], master: Path) -> None:
    """One small artefact of each kind."""
    for name in names:
        KINDS[name].make(master / name)


def fuzz(arguments: argparse.Namespace, name: str, master: Path, pool: ProcessPoolExecutor) -> Tally:
    """The outcomes of all inputs of one kind, spread over the processes."""
    tally, last = Tally(), arguments.first + arguments.inputs
    jobs = [
        pool.submit(run_batch, name, arguments.seed, first, min(BATCH, last - first), master, arguments.show)
        for first in range(arguments.first, last, BATCH)
    ]
    for job in jobs:
        tally.add(job.result())
    return tally


def main() -> None:
    """Fuzz the kinds asked for and print a table, and each kind of failure once."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--inputs", type=int, default=7_000, help="inputs per kind (default 7000)")
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=KINDS, help="default: all")
    parser.add_argument("--processes", type=int, default=1, help="processes that share the work (default 1)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first input (default 0)")
    parser.add_argument("--show", action="store_true", help="print each outcome")
    arguments = parser.parse_args()
    row = "{:<28}{:>10}{:>10}{:>10}{:>11}{:>9}{:>10}\n"
    sys.stdout.write(f"{machine_line()}\nseed {arguments.seed}\n")
    sys.stdout.write(row.format("kind", "inputs", "loaded", "refused", "slowest", "took", "failures"))
    os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", "131072")
    failures: list[str] = []
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.kinds:
            # a pool for each kind: memory is limited when its libraries are loaded
            with ProcessPoolExecutor(arguments.processes, mp_context=spawn) as pool:
                pool.submit(make_all, [name], Path(folder)).result()
                start = time.perf_counter()
                tally = fuzz(arguments, name, Path(folder), pool)
            refused = tally.num_inputs - tally.num_loaded
            numbers = (f"{n:,}" for n in (tally.num_inputs, tally.num_loaded, refused))
            took = f"{time.perf_counter() - start:.0f} s"
            sys.stdout.write(row.format(name, *numbers, f"{tally.slowest:.2f} s", took, len(tally.failures)))
            sys.stdout.flush()
            failures += [f"{name} {failure}" for failure in tally.failures]
    kinds = Counter(
        re.sub(r"\d{3,}", "N", re.sub(r" \d+: ", ": ", f.split("   <- ")[0], count=1)) for f in failures
    )
    for kind, number in kinds.most_common(40):
        sys.stdout.write(f"{number:>6} {kind}\n")
    for failure in failures[:40]:
        sys.stdout.write(f"FAILED {failure}\n")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
