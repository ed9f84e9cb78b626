"""`wordlab sentiment compare`: all models on the same texts, one table, one picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.plots.files import save_figure
from pipelines.reports import comparison as reports
from pipelines.reports.labelled import data_notes, reading_notes
from pipelines.sentiment.data import data_options
from pipelines.sentiment.folds import find_folds, fold_options, pop_folds
from pipelines.sentiment.vectors import load_vectors, vectors_option
from pipelines.tokenizer_options import pop_tokenizer, tokenizer_options
from wordlab import artifact
from wordlab.sentiment.judging.trainers import SharedSettings, check_models
from wordlab.sentiment.models.names import MODELS, model_class

if TYPE_CHECKING:
    from wordlab.progress import OnProgress
    from wordlab.sentiment.data.labelled import LabelledTexts
    from wordlab.sentiment.judging.comparison import Comparison

_TEST_SHARE = 0.2


@click.command("compare", cls=options.Command)
@click.argument(
    "data", type=options.Read(allow_dash=True), nargs=-1, required=True, metavar="TRAIN..."
)  # fmt: skip
@options.output_option("results")
@click.option(
    "--test", type=options.Read(), default=None, metavar="FILE",
    help="Labelled texts to judge the models on.",
)  # fmt: skip
@click.option(
    "--test-share", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=None, metavar="X",
    show_default=f"{_TEST_SHARE} without --test",
    help="Judge on this share of TRAIN, as large a share of every class.",
)  # fmt: skip
@vectors_option
@click.option("--models", metavar="NAME,...", show_default="all", help=f"Some of {', '.join(MODELS)}.")
@click.option("--epochs", type=int, default=None, metavar="N", help="Epochs of the networks, at most.")
@click.option(
    "--set", "own", multiple=True, metavar="MODEL.FIELD=VALUE",
    help="A setting of one model, as sentiment train has it: textcnn.epochs=5. May be given several times.",
)  # fmt: skip
@fold_options
@click.option(
    "--keep", type=options.Written(is_local=True), default=None, metavar="DIR",
    help="Keep the models, and what they predict for each text, in this new or empty directory.",
)  # fmt: skip
@tokenizer_options(of_vectors=True)
@data_options
@options.threads_option
@options.seed_option("the split and of every training")
@options.quiet_option
@options.json_option
def compare(
    data: tuple[Path, ...], output: Path, overwrite: bool, test: Path | None, test_share: float | None,
    vectors: tuple[Path, ...], models: str | None, epochs: int | None, own: tuple[str, ...],
    keep: Path | None,
    threads: int | None, seed: int, quiet: bool, as_json: bool, **columns: Any,
) -> None:  # fmt: skip
    """Train all models on the same texts and judge them on the same others.

    Baselines are linear classifiers, networks start from the word vectors; each has its default settings.
    The output holds results.json and comparison.png. McNemar's exact test compares the best two.

    \b
    Example:
      wordlab sentiment compare reviews.tsv --test test.tsv --vectors vectors/ --epochs 2 -o comparison/
      wordlab sentiment compare reviews.tsv --test-share 0.25 --models nbsvm,tfidf -o comparison/
      wordlab sentiment compare reviews.tsv --folds 4 --models nbsvm,tfidf --set tfidf.ngrams=3 -o comparison/
    """
    if test is not None and test_share is not None:
        raise click.UsageError("--test and --test-share exclude each other")
    folds = pop_folds(columns, data)
    if folds and (test is not None or test_share is not None):
        raise click.UsageError("--test and --test-share expect no folds, which are test texts in turn")
    artifact.check_output(output, overwrite=overwrite, inputs=[*data, test, *vectors, keep])
    chosen = tuple(name.strip() for name in models.split(",")) if models else ()
    from wordlab.sentiment.data.reading import read_labelled
    from wordlab.sentiment.judging.comparison import compare as compare_models
    from wordlab.sentiment.judging.comparison import cross_validate
    from wordlab.sentiment.judging.keeping import Keeper
    from wordlab.sentiment.judging.model_settings import read_settings

    check_models(chosen, has_vectors=bool(vectors))
    loaded, parents = load_vectors(vectors)
    settings = SharedSettings(
        vectors=loaded, tokenizer=pop_tokenizer(columns, loaded),
        epochs=epochs, threads=threads, seed=seed, own=read_settings(own),
    )  # fmt: skip
    keeper = None if keep is None else Keeper(keep)
    rest: dict[str, Any] = {"models": chosen, "settings": settings, "keeper": keeper}
    with console.progress(quiet=quiet) as on_progress:
        if folds:
            training = judging = read_labelled(data, **columns, on_progress=on_progress)
            numbers = find_folds(folds, data, training, columns, seed)
            notes = _notes(training, None, settings)
            found = cross_validate(training, numbers, **rest, on_progress=on_progress)
        else:
            training, judging = _read(data, test, test_share, seed, columns, on_progress)
            notes = _notes(training, judging, settings)
            found = compare_models(training, judging, **rest, on_progress=on_progress)
    console.say_notes(
        [*notes, *reports.comparison_notes(found, training.source, judging.source)], quiet=quiet
    )
    _save(found, output, parents, overwrite=overwrite)
    if as_json:
        console.print_json({"output": str(output), **found.to_dict()})
        return
    reports.print_comparison(found)
    console.say(f"{console.folder(output)} holds results.json and comparison.png", quiet=quiet)


def _read(
    data: tuple[Path, ...], test: Path | None, share: float | None, seed: int, columns: dict[str, Any],
    on_progress: OnProgress | None,
) -> tuple[LabelledTexts, LabelledTexts]:  # fmt: skip
    from wordlab.sentiment.data.labelled import stratified_split
    from wordlab.sentiment.data.reading import read_labelled

    texts = read_labelled(data, **columns, on_progress=on_progress)
    if test is not None:
        return texts, read_labelled(test, **columns, on_progress=on_progress)
    return stratified_split(texts, _TEST_SHARE if share is None else share, seed=seed)


def _notes(training: LabelledTexts, judging: LabelledTexts | None, settings: SharedSettings) -> list[str]:
    from wordlab.sentiment.data.inputs import choose_tokenizer
    from wordlab.sentiment.data.labelled import inspect
    from wordlab.text.hints import text_notes

    of_test = () if judging is None or judging.source == training.source else reading_notes(judging)
    tokenizer = choose_tokenizer(settings.tokenizer, settings.vectors)
    return [*data_notes(inspect(training, judging)), *of_test, *text_notes(training.texts, tokenizer)]


def _save(found: Comparison, output: Path, parents: dict[str, str], *, overwrite: bool) -> None:
    from pipelines.plots.sentiment import draw_comparison
    from wordlab.sentiment.judging.comparison import FORMAT_VERSION, KIND

    entries = found.entries
    folds = entries[0].folds
    title = f"{found.num_training:,} training texts, {entries[0].scores.num_texts:,} test texts"
    if folds is not None:
        title = f"{found.num_training:,} texts, cross-validation of {len(folds.accuracies)} folds"
    figure = draw_comparison(
        [model_class(entry.model).title for entry in entries],
        [entry.scores.accuracy for entry in entries],
        [entry.scores.interval for entry in entries],
        title,
    )
    with artifact.create(output, kind=KIND, format_version=FORMAT_VERSION, overwrite=overwrite) as draft:
        found.write(draft)
        save_figure(figure, draft.payload("comparison.png"))
        draft.libraries.append("scikit-learn")
        draft.parents.update(parents)
        draft.details.update(models=[entry.model for entry in entries], seed=found.seed)
