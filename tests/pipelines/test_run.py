"""`wordlab run`: what runs, what does not, and why; what is kept, resumed, shown and refused."""

import json
import os
import shutil

import pytest

from pipelines.console import LastEvent
from pipelines.runs import staleness
from wordlab import artifact
from wordlab.text import Corpus

from .conftest import everything_in, run

PIPELINE = """
output = "out"
[variables]
min_count = 2
[matrix]
threshold = [1e-2, 1e-3]
seed = [1, 2]
[steps.corpus]
command = "corpus build"
input = ["a.txt", "b.txt"]
min-count = "{min_count}"
[steps.thinned]
command = "corpus subsample"
corpus = "{corpus}"
threshold = "{threshold}"
[steps.again]
command = "corpus subsample"
corpus = "{thinned}"
seed = "{seed}"
output = false
plot = "kept.png"
"""
THINNED = ("thinned threshold=0.01", "thinned threshold=0.001")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A directory with a pipeline that has run once, and what that said."""
    place = tmp_path_factory.mktemp("run")
    (place / "p.toml").write_text(PIPELINE)
    (place / "a.txt").write_text("the cat sat on the mat\n" * 300)
    (place / "b.txt").write_text("the dog sat on the rug, too\n" * 300)
    return place, run("run", place / "p.toml")  # from another directory: names are seen from the file's


@pytest.fixture
def place(made, tmp_path, monkeypatch):
    """A copy of that directory, as the working directory."""
    shutil.copytree(made[0], tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def edit(old, new, file="p.toml"):
    with open(file) as content:
        text = content.read()
    assert old in text
    with open(file, "w") as content:
        content.write(text.replace(old, new))


def reasons(*words):
    """{task: why it would run} of those that would."""
    result = run("run", "p.toml", "--dry-run", "--json", *words)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    tasks = json.loads(result.stdout)["tasks"]
    found = {task["name"]: task["reasons"] for task in tasks if task["reasons"]}
    assert len(found) == sum(task["state"] == "would run" for task in tasks)
    return found


def ran(*words):
    """The names of the steps that ran, in order."""
    result = run("run", "p.toml", "--json", *words)
    assert result.exit_code == 0, result.output
    return [task["step"] for task in json.loads(result.stdout)["tasks"] if task["state"] == "ran"]


def test_everything_runs_once_and_is_named_after_steps_and_values(made):
    folder, result = made
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"output  {folder}/out\ntasks   7 ran, 0 up to date\ntime    ")
    assert "\nthinned threshold=0.01: 2 of 7: never ran\n" in result.stderr
    assert sorted(os.listdir(folder / "out")) == [".run", "corpus", "kept", "thinned"]
    assert sorted(os.listdir(folder / "out" / "thinned")) == ["threshold=0.001", "threshold=0.01"]
    assert len(os.listdir(folder / "out" / "kept")) == 4
    sizes = [Corpus.load(folder / "out" / "thinned" / f"threshold={x}").num_tokens for x in ("0.01", "0.001")]
    assert 0 < sizes[1] < sizes[0] < Corpus.load(folder / "out" / "corpus").num_tokens


def test_artefacts_are_those_of_the_commands(made, place):
    assert run("corpus", "build", "a.txt", "b.txt", "--min-count", 2, "-o", "typed", "-q").exit_code == 0
    assert artifact.digest_of("typed") == artifact.digest_of("out/corpus")


def test_nothing_runs_again_without_a_change_even_in_a_copy(place):
    """Its files have other times, so that their content is compared; the records then know the times."""
    for path in place.rglob("*.*"):
        os.utime(path)
    assert reasons() == {}
    before = {path: path.read_bytes() for path in (place / "out").rglob("*.json")}
    assert ran() == []
    changed = [path for path, data in before.items() if path.read_bytes() != data]
    assert {path.name for path in changed} >= {"corpus.json"}
    assert ran() == []
    assert "corpus: up to date\n" in run("run", "p.toml").stderr
    assert run("run", "p.toml", "-q").stderr == ""


def test_a_dry_run_changes_nothing(place):
    edit("min_count = 2", "min_count = 3")
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    shown = run("run", "p.toml", "--dry-run")
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before
    assert shown.stdout.splitlines()[0].split() == ["step", "threshold", "seed", "state", "time", "why"]
    assert " s last time  option min-count: 2 -> 3\n" in shown.stdout


def test_options_inputs_versions_and_outputs_are_reasons(place, monkeypatch):
    downstream = {**{name: ["its input corpus runs again"] for name in THINNED},
                  **{f"again threshold={x},seed={n}": [f"its input thinned threshold={x} runs again"]
                     for x in ("0.01", "0.001") for n in (1, 2)}}  # fmt: skip
    edit("min_count = 2", "min_count = 3")
    assert reasons() == {"corpus": ["option min-count: 2 -> 3"], **downstream}
    edit("min_count = 3", "min_count = 2")
    edit('min-count = "{min_count}"', 'min-count = "{min_count}"\nlowercase = true')
    assert reasons()["corpus"] == ["option lowercase: not given -> true"]
    edit("\nlowercase = true", "")
    edit('"a.txt", "b.txt"', '"a.txt"')
    assert reasons()["corpus"] == ["option input: a.txt, b.txt -> a.txt", "input b.txt is no longer used"]
    edit('"a.txt"', '"a.txt", "[b].txt"')
    assert "option input: a.txt, b.txt -> a.txt, [b].txt" in reasons()["corpus"]
    edit('"[b].txt"', '"b.txt"')
    edit("the cat", "one cat", "a.txt")
    assert reasons() == {"corpus": ["input a.txt changed"], **downstream}
    edit("one cat", "the cat", "a.txt")
    assert reasons() == {}
    os.remove("out/thinned/threshold=0.01/token_ids.npy")
    shutil.rmtree("out/thinned/threshold=0.001")
    os.remove("out/kept/threshold=0.001,seed=1.png")
    found = reasons()
    assert found["thinned threshold=0.01"] == ["output out/thinned/threshold=0.01 is damaged"]
    assert found["thinned threshold=0.001"] == ["output out/thinned/threshold=0.001 is missing"]
    assert found["again threshold=0.001,seed=1"] == [
        "its input thinned threshold=0.001 runs again",
        "output out/kept/threshold=0.001,seed=1.png is missing",
    ]
    # the same bytes again, so that only the lost picture is drawn
    assert ran() == ["thinned", "thinned", "again"]
    monkeypatch.setattr(staleness, "version", lambda name: "9.9")
    assert reasons()["corpus"] == [f"wordlab {artifact.version('wordlab')} -> 9.9"]


def test_what_comes_out_the_same_changes_nothing_downstream(place):
    edit("the cat", "the\tcat", "a.txt")  # the same words, and as many bytes
    assert len(reasons()) == 7
    assert ran() == ["corpus"]


def test_new_values_of_the_matrix_run_alone(place):
    edit("seed = [1, 2]", "seed = [2, 3]")
    assert list(reasons()) == ["again threshold=0.01,seed=3", "again threshold=0.001,seed=3"]


def test_steps_can_be_chosen_and_forced(place):
    edit("min_count = 2", "min_count = 3")
    assert list(reasons("thinned")) == ["corpus", *THINNED]
    assert ran("corpus") == ["corpus"]
    edit("min_count = 3", "min_count = 2")
    assert ran("corpus") == ["corpus"]
    assert reasons("--force", "thinned")["thinned threshold=0.01"] == ["--force"]
    assert ran("--force", "thinned") == ["thinned", "thinned"]  # with the same bytes
    assert run("run", "p.toml", "thined").stderr == (
        "Error: p.toml has no step 'thined'; did you mean 'thinned'? (see wordlab run --help)\n"
    )


def test_what_others_wrote_is_replaced_only_when_asked(place):
    shutil.rmtree("out/corpus")
    shutil.copytree("out/thinned/threshold=0.01", "out/corpus")
    (place / "out" / "kept" / "threshold=0.01,seed=1.png").write_text("my own")
    before = everything_in(place)
    found = reasons()
    assert found["corpus"] == ["output out/corpus is not what this step wrote; --overwrite replaces it"]
    refused = run("run", "p.toml")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == (
        "Error: out/corpus: exists and is not what the step corpus wrote; move it away, or use --overwrite\n"
    )
    assert everything_in(place) == before
    assert ran("--overwrite") == ["corpus", "again"]
    assert reasons() == {}


def test_what_an_interrupted_run_left_is_its_own(place):
    """Killed after the command wrote its output, before the record was kept."""
    begun = place / "out" / ".run" / "begun" / "corpus.json"
    begun.write_text("{}")
    assert reasons() == {}  # nothing happened since
    edit("the cat", "one cat", "a.txt")
    written = run(
        "corpus", "build", "a.txt", "b.txt", "--min-count", 2, "-o", "out/corpus", "--overwrite", "-q"
    )
    assert written.exit_code == 0
    edit("one cat", "the cat", "a.txt")
    assert reasons("corpus") == {"corpus": ["interrupted before it was finished"]}
    assert ran() == ["corpus"]
    assert not begun.exists()


def test_a_directory_of_somebody_else_is_never_replaced(place):
    shutil.rmtree("out/corpus")
    (place / "out" / "corpus").mkdir()
    (place / "out" / "corpus" / "diary.txt").write_text("mine")
    refused = run("run", "p.toml", "--overwrite", "-q")
    assert refused.stderr == (
        "Error: p.toml: steps.corpus: out/corpus: exists and is not a wordlab artefact; left unchanged\n"
    )
    assert (place / "out" / "corpus" / "diary.txt").read_text() == "mine"


def test_a_failed_run_keeps_what_is_finished(place):
    edit("min_count = 2", "min_count = 3")
    edit("threshold = [1e-2, 1e-3]", "threshold = [1e-2, -1]")
    failed = run("run", "p.toml", "-q")
    assert failed.exit_code == 2
    assert failed.stdout == ""
    assert failed.stderr == (
        "Error: p.toml: steps.thinned (threshold=-1): "
        "--threshold: expected 0 (keep everything) or more, found -1.0\n"
    )
    edit("threshold = [1e-2, -1]", "threshold = [1e-2, 1e-3]")
    assert ran() == ["thinned", "again", "again", "again", "again"]


def test_a_damaged_record_is_one_line(place):
    record = place / "out" / ".run" / "finished" / "corpus.json"
    for damage, message in (
        ("{", "expected JSON, found a damaged file (Expecting property name enclosed in double quotes: "
              "line 1 column 2 (char 1))"),
        ("{}", "expected 'command', found an empty object"),
        (record.read_text().replace('"quick"', '"slow"'),
         "expected 'quick' of all that was seen, found none"),
    ):  # fmt: skip
        record.write_text(damage)
        failed = run("run", "p.toml")
        assert failed.exit_code == 1
        assert failed.stderr == (
            f"Error: out/.run/finished/corpus.json: {message}; remove it, and use --overwrite\n"
        )


def test_only_one_run_at_a_time(place):
    from pipelines.runs.records import Records

    with Records(place / "out").locked():
        assert run("run", "p.toml").stderr == "Error: out: another run is at work there\n"
    (place / "taken").write_text("")
    edit('output = "out"', 'output = "taken"')
    assert run("run", "p.toml").stderr == "Error: taken/.run: cannot be written: Not a directory\n"


# ------------------------------------------------------------------ training


@pytest.fixture
def training(workplace, tmp_path, monkeypatch):
    """A working directory with a pipeline that trains for about a second."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(workplace / "corpus", tmp_path / "corpus")
    shutil.copy(workplace / "my-pairs.tsv", tmp_path)
    (tmp_path / "p.toml").write_text(
        '[matrix]\nseed = [1, 2]\n[steps.vectors]\ncommand = "embeddings train"\ncorpus = "corpus"\n'
        'epochs = 9\nseed = "{seed}"\n'
        '[steps.scores]\ncommand = "embeddings evaluate"\nvectors = "{vectors}"\n'
        'similarity = "my-pairs.tsv"\nno-analogies = true\n'
    )
    return tmp_path


def test_an_interrupted_training_goes_on_and_ends_with_the_same_bytes(training, monkeypatch):
    edit("seed = [1, 2]", "seed = [1]")
    edit("epochs = 9", "epochs = 60")
    resumed = []

    def interrupt(event):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(LastEvent, "__call__", lambda self, event: interrupt(event))
        stopped = run("run", "p.toml")
    assert stopped.exit_code == 130
    assert stopped.stderr == (
        "vectors seed=1: 1 of 2: never ran\n"
        "vectors seed=1: p/vectors/seed=1.checkpoint holds the state\nInterrupted\n"
    )
    assert not (training / "p" / "vectors" / "seed=1").exists()
    assert list(reasons()["vectors seed=1"]) == ["interrupted before it was finished"]

    from wordlab.training import checkpoints

    read = checkpoints.read_checkpoint_config
    monkeypatch.setattr(
        checkpoints, "read_checkpoint_config", lambda path: resumed.append(path.name) or read(path)
    )
    assert ran() == ["vectors", "scores"]
    assert resumed == ["seed=1.checkpoint"]
    assert not (training / "p" / "vectors" / "seed=1.checkpoint").exists()
    typed = run("embeddings", "train", "corpus", "--epochs", 60, "--seed", 1, "-o", "typed", "-q")
    assert typed.exit_code == 0
    assert artifact.digest_of("typed") == artifact.digest_of("p/vectors/seed=1")


def test_the_state_of_a_training_with_other_options_is_dropped(training, monkeypatch):
    def interrupt(self, event):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(LastEvent, "__call__", interrupt)
        assert run("run", "p.toml", "-q").exit_code == 130
    edit("epochs = 9", "epochs = 1\nwindow = 2")
    assert ran() == ["vectors", "vectors", "scores", "scores"]


def test_scores_stand_in_one_table_and_dry_runs_estimate(training):
    first = run("run", "p.toml", "--dry-run")
    assert first.stdout.count("about ") == 2  # the trainings
    result = run("run", "p.toml")
    assert result.exit_code == 0, result.output
    assert "\nvectors seed=2: train: done in " in result.stderr
    rows = result.stdout.partition("\nScores\n")[2].splitlines()
    assert rows[0].split() == ["step", "seed", "my-pairs", "Spearman"]
    assert [row.split()[:2] for row in rows[1:]] == [["scores", "1"], ["scores", "2"]]
    tasks = json.loads(run("run", "p.toml", "--json").stdout)["tasks"]
    shown = [f"{task['figures']['my-pairs Spearman']:.3f}" for task in tasks if task["step"] == "scores"]
    assert [row.split()[2] for row in rows[1:]] == shown
    assert tasks[-1]["reported"]["scores"][0]["num_used"] == 3


def test_what_commands_print_is_shown_when_asked(training):
    edit("seed = [1, 2]", "seed = [1]")
    edit("[steps.scores]", '[steps.scores]\nabout = "How good are they?"')
    shown = run("run", "p.toml", "--show", "-q")
    assert shown.exit_code == 0, shown.output
    assert (
        "\n1. vectors seed=1\n   $ wordlab embeddings train corpus --epochs 9 --seed 1 -o p/vectors/seed=1\n"
        in (shown.stdout)
    )
    assert "\n2. How good are they?\n   $ wordlab embeddings evaluate p/vectors/seed=1 " in shown.stdout
    assert "\nmy-pairs  Spearman " in shown.stdout
    assert reasons() == {"scores seed=1": ["its scores were not kept"]}
    assert ran() == ["scores"]
    assert run("run", "p.toml", "--show", "--json").stderr == (
        "Error: --show and --json exclude each other (see wordlab run --help)\n"
    )


# ------------------------------------------------------------------ pictures and the example


@pytest.mark.parametrize("name", ["steps.png", "steps.svg", "steps.mmd"])
def test_a_picture_of_the_steps(name, place):
    result = run("run", "p.toml", "--graph", name)
    assert (result.exit_code, result.output) == (0, "")
    drawn = (place / name).read_bytes()
    if name == "steps.mmd":
        assert drawn.decode() == (
            'graph LR\n  step0["corpus<br>corpus build"]\n  step1["thinned<br>corpus subsample × 2"]\n'
            '  step2["again<br>corpus subsample × 4"]\n  step0 --> step1\n  step1 --> step2\n'
        )
    assert run("run", "p.toml", "--graph", name).stderr == (
        f"Error: {name}: exists already; choose another name or use --overwrite\n"
    )
    assert run("run", "p.toml", "--graph", name, "--overwrite").exit_code == 0
    assert (place / name).read_bytes() == drawn


def test_the_example_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written = run("run", "--init", "first.toml")
    assert written.exit_code == 0
    assert written.stderr.startswith("first.toml: an example, which runs on news.txt\n")
    assert everything_in(tmp_path) == ["first.toml", "news.txt"]
    result = run("run", "first.toml", "-q")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert "tasks   9 ran, 0 up to date\n" in result.stdout
    assert result.stdout.count("\nscores ") == 4
    assert run("run", "--init", "first.toml").stderr == (
        "Error: first.toml: exists already; choose another name or use --overwrite\n"
    )
    (tmp_path / "news.txt").write_text("mine")
    assert run("run", "--init", "second.toml").stderr == (
        "Error: news.txt: exists already, with another text; choose another directory\n"
    )
    assert run("run", "--init", "first.toml", "--overwrite").exit_code == 0
    assert everything_in(tmp_path / "first")  # what had run stays


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["nowhere.toml"], 1,
         "nowhere.toml: cannot be read: No such file or directory; --init writes an example"),
        (["."], 1, ".: cannot be read: Is a directory"),
        (["x.toml", "--init", "--dry-run"], 2,
         "--init and --dry-run exclude each other"),
        (["p.toml", "--graph", "steps.gif"], 2,
         "steps.gif: expected a picture's name, which ends in .png, .svg, .pdf, .mmd"),
        (["p.toml", "--graph", "p.toml"], 2,
         "p.toml: expected a picture's name, which ends in .png, .svg, .pdf, .mmd"),
    ],
)  # fmt: skip
def test_wrong_usage(words, code, message, place):
    result = run("run", *words)
    see = " (see wordlab run --help)" if code == 2 else ""
    assert (result.exit_code, result.stdout, result.stderr) == (code, "", f"Error: {message}{see}\n")
