"""Which tasks a pipeline has, in which order, with which words, and what is refused."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.command_lines import leaves
from pipelines.cli import wordlab
from pipelines.runs.early import check_words
from pipelines.runs.keys import keys_of, params_of
from pipelines.runs.ordering import generations
from pipelines.runs.planning import MOST_TASKS
from wordlab.errors import FormatError

CORPUS = '[steps.c]\ncommand = "corpus build"\ninput = "a.txt"\n'
TRAIN = '[steps.v]\ncommand = "embeddings train"\ncorpus = "{c}"\n'
STATS = '[steps.s]\ncommand = "corpus stats"\ncorpus = "{c}"\n'


def test_steps_run_after_those_that_they_use_else_in_the_files_order(plan):
    nearest = '[steps.n]\ncommand = "embeddings nearest"\nvectors = "{v}"\nword = "cat"\n'
    made = plan('[steps.z]\ncommand = "corpus stats"\ncorpus = "{c}"\n' + TRAIN + nearest + CORPUS + STATS)
    assert [task.name for task in made.tasks] == ["c", "z", "v", "n", "s"]
    assert list(generations(made.uses)) == [("c",), ("z", "v", "s"), ("n",)]
    assert [task.name for task in made.needed(["v"])] == ["c", "v"]
    assert made.needed([]) == made.tasks


def test_a_step_runs_once_for_each_matrix_value_that_it_stands_on(plan):
    made = plan(
        '[variables]\nmost = "{few}"\n[matrix]\ndim = [2, 3]\nunit = ["a b", "c/d"]\nfew = [7]\n'
        + CORPUS + 'max-vocab = "{most}"\n'
        + TRAIN + 'dim = "{dim}"\nplot = "pictures/loss.v1.png"\n'
        + '[steps.e]\ncommand = "embeddings export"\nvectors = "{v}"\nfile = "{unit}.txt.gz"\n'
        + 'format = "glove"\n'
    )  # fmt: skip
    assert [task.name for task in made.tasks] == [
        "c few=7", "v dim=2,few=7", "v dim=3,few=7",
        "e dim=2,unit=a b,few=7", "e dim=2,unit=c%2Fd,few=7",
        "e dim=3,unit=a b,few=7", "e dim=3,unit=c%2Fd,few=7",
    ]  # fmt: skip
    assert made.tasks[0].call.words == ("--max-vocab=7", "--output=p/c/few=7", "--", "a.txt")
    assert made.tasks[0].call.given == {"input": "a.txt", "max-vocab": 7}
    train = made.tasks[2].call
    assert train.outputs == {
        "output": Path("p/v/dim=3,few=7"), "plot": Path("p/pictures/loss.v1/dim=3,few=7.png")
    }  # fmt: skip
    assert train.words[-1] == "p/c/few=7"
    assert train.typed == (
        "wordlab embeddings train p/c/few=7 --dim 3 "
        "--plot p/pictures/loss.v1/dim=3,few=7.png -o p/v/dim=3,few=7"
    )
    export = made.tasks[4].call
    assert export.words == ("--format=glove", "--", "p/v/dim=2,few=7", "p/c/d/dim=2,unit=c%2Fd,few=7.txt.gz")
    assert export.output == Path("p/c/d/dim=2,unit=c%2Fd,few=7.txt.gz")
    assert made.tasks[4].parents == ("v dim=2,few=7",)
    assert made.number_of_tasks("e") == 4


def test_a_star_gathers_what_all_tasks_of_a_step_wrote(plan):
    made = plan(
        "[matrix]\ndim = [2, 3]\nseed = [1, 2]\n" + CORPUS + TRAIN + 'dim = "{dim}"\nseed = "{seed}"\n'
        + '[steps.a]\ncommand = "embeddings compare"\nvectors = "{v*}"\n'
        + '[steps.b]\ncommand = "embeddings compare"\nvectors = ["{v*}", "{c}"]\nk = "{dim}"\n'
    )  # fmt: skip
    tasks = {task.name: task for task in made.tasks}
    assert list(tasks)[-3:] == ["a", "b dim=2", "b dim=3"]
    every = ["dim=2,seed=1", "dim=2,seed=2", "dim=3,seed=1", "dim=3,seed=2"]
    assert tasks["a"].call.arguments == tuple(f"p/v/{name}" for name in every)
    assert tasks["a"].parents == tuple(f"v {name}" for name in every)
    assert tasks["b dim=3"].call.arguments == ("p/v/dim=3,seed=1", "p/v/dim=3,seed=2", "p/c")
    assert made.uses["b"] == ("v", "c")


def test_values_become_words_as_their_options_take_them(plan):
    made = plan(
        '[variables]\nwords = ["the", "cat"]\n' + CORPUS + "lowercase = false\n" + TRAIN
        + "racing = true\nsubsample = 1e-3\nline-end = true\ncbow-mean = false\n"
        + '[steps.n]\ncommand = "embeddings nearest"\nvectors = "{v}"\nword = ["a", "{words}", "-k"]\nk = 3\n'
        + '[steps.p]\ncommand = "embeddings plot"\nvectors = "{v}"\nfile = "{{x}}.png"\nwords = "{words}"\n'
        + '[steps.t]\ncommand = "embeddings similarity"\nvectors = "{v}"\nword = 3\nother = 4.5\n'
    )  # fmt: skip
    words = {task.step: task.call.words for task in made.tasks}
    assert words["c"] == ("--no-lowercase", "--output=p/c", "--", "a.txt")
    assert words["v"] == (
        "--racing", "--subsample=0.001", "--line-end", "--cbow-sum", "--output=p/v", "--", "p/c"
    )  # fmt: skip
    assert words["n"] == ("-k", "3", "--", "p/v", "a", "the", "cat", "-k")
    assert words["p"] == ("--words=the,cat", "--", "p/v", "p/{x}.png")
    assert words["t"] == ("--", "p/v", "3", "4.5")
    assert made.tasks[2].call.typed == "wordlab embeddings nearest -k 3 -- p/v a the cat -k"


def test_an_artefact_that_need_not_be_written_can_be_left_out(plan):
    made = plan(CORPUS + '[steps.t]\ncommand = "corpus subsample"\ncorpus = "{c}"\noutput = false\n')
    assert made.tasks[1].call.outputs == {}


@pytest.mark.parametrize("path", dict(leaves(wordlab)))
def test_no_key_stands_for_two_parameters(path):
    command = dict(leaves(wordlab))[path]
    params = params_of(command, {})
    names = [name for param in params for name in keys_of([param])]
    assert len({*names, "command", "about"}) == len(names) + 2
    assert all(keys_of([param]) for param in params)


def test_the_help_of_a_command_stays_that_of_the_root(monkeypatch):
    command = dict(leaves(wordlab))["embeddings train"]
    monkeypatch.setattr(command, "_help_option", None)  # as before the command is first used
    params_of(command, {})
    check_words(command, "embeddings train", ["c", "-o", "v"], keys_of(command.params), "steps.t")
    assert "-h, --help" in CliRunner().invoke(wordlab, ["embeddings", "train", "-h"]).stdout


REFUSED = {
    "": "expected steps, such as [steps.corpus], found none",
    "outptu = 'x'": "no such key 'outptu'; did you mean 'output'?",
    "output = 3": "output: expected the name of a directory, found 3",
    "steps = 3": "steps: expected a table, found 3",
    "x": (
        "expected TOML, found an error in it: "
        "Expected '=' after a key in a key/value pair (at end of document)"
    ),
    "[steps.c]": 'steps.c.command: expected a command, such as "corpus build", found none',
    "[steps.'a b']": "steps: expected a name of letters, digits, - and _ with a letter first, found 'a b'",
    CORPUS + "about = 3": "steps.c.about: expected a sentence, found 3",
    "[steps.c]\ncommand = 'corpus bild'": (
        "steps.c.command: no such command 'bild' of 'corpus'; did you mean 'build'?"
    ),
    "[steps.c]\ncommand = 'serve'": (
        "steps.c.command: 'serve' cannot be a step: it ends only when it is interrupted"
    ),
    "[steps.c]\ncommand = 'vision'": (
        "steps.c.command: expected one of the commands of 'vision', train, evaluate, compare, found none"
    ),
    "[steps.c]\ncommand = 'embeddings explore'\nvectors = 'x'": (
        "steps.c.export: expected a file; without it a server runs until interrupted"
    ),
    "[steps.c]\ncommand = 'corpus build'": (
        "steps.c: expected 'input', which 'corpus build' needs, found none"
    ),
    "[matrix]\ndim = [1, 2]\n" + CORPUS: "matrix.dim: no step uses {dim}",
    "[matrix]\ndim = []\n" + CORPUS: "matrix.dim: expected a list of one value or more, found an empty list",
    "[matrix]\ndim = [1, '1']\n" + CORPUS: "matrix.dim: expected different values, found 1 twice",
    "[matrix]\nc = [1]\n" + CORPUS: "steps.c: matrix.c has this name already",
    "[variables]\na = '{b}'\nb = '{a}'\n" + CORPUS: "expected an order, found a circle: a <- b <- a",
    "[variables]\na = '{c}'\n" + CORPUS: (
        "variables.a: expected variables and matrix values, found the step 'c'"
    ),
    "[variables]\nsize = [1]\n" + CORPUS + "min-count = '1{size}'": (
        "steps.c.min-count: expected a single value for {size} within a text, found a list"
    ),
    CORPUS + "min-cuont = 3": (
        "steps.c.min-cuont: no such option of 'corpus build'; did you mean 'min-count'?"
    ),
    CORPUS + "min-count = 'x'": "steps.c.min-count: 'x' is not a valid integer",
    CORPUS + "min-count = true": "steps.c.min-count: expected text or a number, found true",
    CORPUS + "min-count = [1, 2]": "steps.c.min-count: expected a single value, found a list",
    CORPUS + "min-count = 2026-11-26": (
        "steps.c.min-count: expected text, a number, true, false or a list of these, found a date"
    ),
    CORPUS + 'encoding = "a\\u0000"': (
        "steps.c.encoding: expected text without NUL characters, found 'a\\x00'"
    ),
    CORPUS + "lowercase = 3": "steps.c.lowercase: expected true or false, found 3",
    CORPUS + "lowercase = true\nno-lowercase = true": (
        "steps.c.no-lowercase: is the same option as 'lowercase'; keep one of them"
    ),
    CORPUS + "json = true": (
        "steps.c.json: leave it out: `wordlab run` keeps what is reported, and its own --json prints it"
    ),
    CORPUS + "output = 'x'": "steps.c.output: leave it out: the artefact is named after its step",
    CORPUS + "output = false": "steps.c.output: leave it out: this command always writes an artefact",
    CORPUS + "tokenizer = 'whitespace'\nhyphens = 'split'": (
        "steps.c.hyphens: expected the tokenizer 'word' or 'tweets' with hyphens='split', found 'whitespace'"
    ),
    CORPUS.replace("a.txt", "-"): (
        "steps.c.input: expected a file, found - (standard input), which cannot be read again"
    ),
    CORPUS.replace("a.txt", "{"): (
        "steps.c.input: expected {name}, or {{ and }} for braces themselves, found '{' in '{'"
    ),
    CORPUS.replace("a.txt", "{cc}"): "steps.c.input: nothing is called 'cc'; did you mean 'c'?",
    "[variables]\nn = 2\n" + CORPUS.replace("a.txt", "{n*}"): (
        "steps.c.input: expected a step before *, found 'n'"
    ),
    CORPUS + STATS.replace("{c}", "x{c*}"): (
        "steps.s.corpus: expected a single value for {c*} within a text, found a list"
    ),
    CORPUS + STATS.replace("{c}", "{c*}"): "steps.s.corpus: expected a single value, found a list",
    CORPUS.replace("a.txt", "{c}"): "expected an order, found a circle: c <- c",
    CORPUS + TRAIN + "windwo = 3": (
        "steps.v.windwo: no such option of 'embeddings train'; did you mean 'window'?"
    ),
    CORPUS + TRAIN + "dim = 0": "steps.v.dim: expected a whole number from 1 to 10000, found 0",
    CORPUS + STATS.replace("stats", "subsample") + "seed = -1": (
        "steps.s.seed: expected a whole number from 0 to 9223372036854775807, found -1"
    ),
    CORPUS + TRAIN + "model = 'bert'": "steps.v.model: 'bert' is not one of 'skipgram', 'cbow', 'glove'",
    CORPUS + TRAIN + "x-max = 3": "steps.v.x-max: expected --model glove beside it, found skipgram",
    CORPUS + TRAIN + "plot = 'loss.gif'": (
        "steps.v: p/loss.gif: expected a picture's name, which ends in .png, .svg, .pdf"
    ),
    CORPUS + TRAIN + "plot = '../loss.png'": (
        "steps.v.plot: expected the name of a file, which goes below the pipeline's output, "
        "found '../loss.png'"
    ),
    CORPUS + TRAIN + "plot = 'v/loss.png'": (
        "steps.v: p/v/loss.png would lie inside p/v, which v writes; choose another name"
    ),
    CORPUS + TRAIN + "plot = 'loss.png'\n" + TRAIN.replace("steps.v", "steps.w") + "plot = 'loss.png'": (
        "steps.w.plot: v writes p/loss.png already; choose another name"
    ),
    CORPUS + STATS + "[steps.t]\ncommand = 'corpus stats'\ncorpus = '{s}'": (
        "steps.t: {s} stands for nothing: that step writes nothing"
    ),
    CORPUS + STATS.replace("{c}", "p/c"): "steps.s: p/c is what c writes; say {c}, which sets the order",
    STATS.replace("{c}", "nowhere"): "steps.s: nowhere: expected a file or directory, found none",
    "[steps.d]\ncommand = 'sentiment train'\ndata = 'a.txt'\nmodel = 'linear'\nhidden = 3": (
        "steps.d.hidden: expected one of the models textcnn, birnn, found linear"
    ),
    "[steps.d]\ncommand = 'sentiment train'\ndata = 'a.txt'\nvalidation = 'nowhere'": (
        "steps.d: nowhere: expected a file or directory, found none"
    ),
    "[steps.b]\ncommand = 'embeddings bias'\nvectors = 'a.txt'\ntargets = 'a.txt'\nattributes = 'a.txt'": (
        "steps.b.targets: expected a list of 2 values, found 1"
    ),
    "[steps.n]\ncommand = 'embeddings nearest'\nvectors = 'a.txt'\nword = 'a'\nk = 0": (
        "steps.n.k: 0 is not in the range x>=1"
    ),
    f"[matrix]\nn = {list(range(1, MOST_TASKS + 2))}\n" + CORPUS + "max-vocab = '{n}'": (
        "matrix: expected at most 10,000 tasks, found 10,001"
    ),
    "[matrix]\nn = ['" + 201 * "x" + "']\n" + CORPUS + "encoding = '{n}'": (
        "matrix: expected values that fit into a file's name, found longer ones"
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_what_is_wrong_is_said_in_one_line(text, plan):
    with pytest.raises(FormatError) as caught:
        plan(text)
    assert str(caught.value) == f"p.toml: {REFUSED[text]}"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff", "p.toml: byte 0: expected UTF-8, found 0xff"),
        (b"a = 1\nb =", "p.toml: expected TOML, found an error in it: Invalid value (at end of document)"),
        (b"a = 1\nb = ?\n", "p.toml:2: expected TOML, found an error in it: Invalid value"),
        (b"a = " + 5_000 * b"[", "p.toml: expected TOML, found brackets nested too deep"),
        (b"#" * ((1 << 20) + 1), "p.toml: expected a pipeline of at most 1 MiB, found a larger file"),
    ],
)
def test_a_file_that_is_no_toml(data, message, plan, place):
    from pipelines.runs.reading import read_pipeline

    (place / "p.toml").write_bytes(data)
    with pytest.raises(FormatError) as caught:
        read_pipeline(Path("p.toml"))
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["\ufeff" + CORPUS, CORPUS.replace("\n", "\r\n")])
def test_files_as_windows_writes_them(text, plan):
    assert [task.name for task in plan(text).tasks] == ["c"]
