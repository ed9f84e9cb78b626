"""A small artefact of every kind, made in a moment, and what there is to do with it once it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

TEXTS = ["a good film of paris", "the king met a bad man", "so good and so great", "poor bad film"] * 6
LABELS = ["pos", "neg", "pos", "neg"] * 6


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


def _joined_corpus(path: Path) -> Any:
    from wordlab.text import PhraseConfig

    return _corpus().join_phrases(path, PhraseConfig(threshold=0.1, passes=2, connector_words=("of", "and")))


def _use_corpus(path: Path) -> None:
    from pipelines.reports.corpus import print_stats
    from wordlab.text import Corpus
    from wordlab.text.statistics import corpus_statistics

    corpus = Corpus.load(path)
    list(corpus.lines())
    corpus.tokenizer(TEXTS[0])
    print_stats(corpus_statistics(corpus))


def _make_counts(path: Path) -> None:
    from wordlab.training.cooccurrences import Cooccurrences

    Cooccurrences.count(_corpus(), path, threads=1)


def _use_counts(path: Path) -> None:
    from wordlab.training.cooccurrences import Cooccurrences

    table = Cooccurrences.load(path)
    for pair in table.top(5):
        table.pair(pair.word, pair.context)


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


def _glove(**options: Any) -> Any:
    from wordlab.training import GloveConfig

    return GloveConfig(**{"dim": 4, "epochs": 1, "threads": 1, **options})


def _make_glove(path: Path) -> None:
    from wordlab.training import train

    train(_corpus(), _glove()).save(path)


def _train_on_counts(path: Path) -> None:
    from wordlab.training import Cooccurrences, train

    table = Cooccurrences.load(path)
    train(table, _glove(**table.config.to_dict()))


def _resume(engine: str) -> Callable[[Path], None]:
    def resume(path: Path) -> None:
        from wordlab.training import Word2VecConfig, train

        options = {"batch_size": 4, "optimizer": "sparse_adam"} if engine == "torch" else {}
        config = Word2VecConfig(dim=4, epochs=2, threads=1, subsample=0)
        train(_corpus(), config, engine=engine, checkpoint=path, checkpoint_every=9e9, resume=True, **options)

    return resume


def _make_checkpoint(engine: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        from wordlab.training import Word2VecConfig

        options = {"batch_size": 4, "optimizer": "sparse_adam"} if engine == "torch" else {}
        config = Word2VecConfig(dim=4, epochs=2, threads=1, subsample=0)
        _interrupt(path, config, engine=engine, **options)

    return make


def _interrupt(path: Path, config: Any, **options: Any) -> None:
    """Interrupt training when the first state is on disk."""
    from wordlab.training import train

    def stop(event: Any) -> None:
        if event.task == "train" and event.done:
            raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        train(_corpus(), config, checkpoint=path, checkpoint_every=9e9, on_progress=stop, **options)


def _make_glove_checkpoint(path: Path) -> None:
    _interrupt(path, _glove(epochs=9, tolerance=0.0))


def _resume_glove(path: Path) -> None:
    from wordlab.training import train

    train(_corpus(), _glove(epochs=9, tolerance=0.0), checkpoint=path, checkpoint_every=9e9, resume=True)


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


def _make_joining_model(path: Path) -> None:
    from wordlab.sentiment.models.baseline_config import BaselineConfig
    from wordlab.sentiment.models.baseline_model import train_baseline

    tokenizer = _joined_corpus(path.with_suffix(".corpus")).tokenizer
    train_baseline(TEXTS, LABELS, BaselineConfig(min_count=1), tokenizer=tokenizer).save(path)


def _use_model(path: Path) -> None:
    from wordlab.sentiment.base import load_classifier

    model = load_classifier(path)
    model.predict(TEXTS[:2], threads=1)
    model.explain(TEXTS[0])


def _documents() -> Any:
    from wordlab.sentiment import DocumentVectors

    return DocumentVectors.encode(TEXTS, _vectors(), pooling="usif")


def _make_documents(path: Path) -> None:
    _documents().save(path)


def _make_table_of_documents(path: Path) -> None:
    _documents().save(path, output_format="parquet")


def _use_documents(path: Path) -> None:
    from wordlab.sentiment import DocumentVectors

    documents = DocumentVectors.load(path, _vectors())
    documents.nearest(TEXTS[:2], k=3)
    documents.nearest(np.ones((1, documents.dim), np.float32))


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
    "corpus with phrases": Kind(_joined_corpus, _use_corpus),
    "classifier with phrases": Kind(_make_joining_model, _use_model),
    "cooccurrences": Kind(_make_counts, _use_counts),
    "cooccurrences trained on": Kind(_make_counts, _train_on_counts),
    "glove": Kind(_make_glove, _use_vectors),
    "glove continued": Kind(_make_glove, _continue_vectors),
    "vectors": Kind(lambda path: _vectors().save(path), _use_vectors),
    "vectors int8": Kind(lambda path: _with_subwords().save(path, precision="int8"), _use_vectors),
    "vectors continued": Kind(lambda path: _vectors(loss="hierarchical").save(path), _continue_vectors),
    "subwords": Kind(lambda path: _with_subwords().save(path), _use_vectors),
    "checkpoint": Kind(_make_checkpoint("compiled"), _resume("compiled")),
    "checkpoint of GloVe": Kind(_make_glove_checkpoint, _resume_glove),
    "checkpoint torch": Kind(_make_checkpoint("torch"), _resume("torch")),
    "textcnn": Kind(lambda path: _train_model("textcnn").save(path), _use_model),
    "birnn": Kind(lambda path: _train_model("birnn").save(path), _use_model),
    "nbsvm": Kind(lambda path: _train_model("nbsvm").save(path), _use_model),
    "tfidf": Kind(lambda path: _train_model("tfidf").save(path), _use_model),
    "mean-vectors": Kind(lambda path: _train_model("mean-vectors", pooling="sif").save(path), _use_model),
    "documents": Kind(_make_documents, _use_documents),
    "documents in Parquet": Kind(_make_table_of_documents, _use_documents),
    "checkpoint of a classifier": Kind(
        lambda path: _train_network(path, resume=False), lambda path: _train_network(path, resume=True)
    ),
    "images": Kind(_make_images, _use_images),
    "study of depth": Kind(_make_study("depth"), _use_study),
    "study of batch-norm": Kind(_make_study("batch-norm"), _use_study),
}
