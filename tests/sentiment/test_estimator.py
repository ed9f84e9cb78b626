import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from wordlab.errors import ArtifactError, ConfigError
from wordlab.sentiment import ClassifierConfig, TextClassifier

from .test_classifier_training import LABELS, TEXTS, VECTORS

SMALL = {"num_channels": (6,), "epochs": 8, "batch_size": 8, "threads": 1, "validation": 0.0, "dim": 8,
         "learning_rate": 0.01}  # fmt: skip


def make(**options):
    return TextClassifier(**{**SMALL, **options})


def test_parameters_are_the_fields_of_the_config():
    params = TextClassifier().get_params()
    assert params.keys() - {"vectors", "tokenizer"} == ClassifierConfig().to_dict().keys()
    assert TextClassifier(threads=2).config == ClassifierConfig(threads=2)
    assert TextClassifier().config == ClassifierConfig()


def test_parameters_that_there_are_not():
    with pytest.raises(TypeError, match="got an unexpected keyword argument 'epoch'"):
        TextClassifier(epoch=3)
    with pytest.raises(TypeError, match="too many positional arguments"):
        TextClassifier("birnn", VECTORS)
    with pytest.raises(ValueError, match="Invalid parameter 'epoch'"):
        TextClassifier().set_params(epoch=3)


def test_fit_and_score():
    model = make(vectors=VECTORS)
    assert model.fit(TEXTS, LABELS) is model
    assert model.classes_.tolist() == ["neg", "pos"]
    assert model.score(TEXTS, LABELS) > 0.9
    chances = model.predict_proba(np.array(TEXTS[:5]))
    np.testing.assert_allclose(chances.sum(axis=1), 1, rtol=1e-6)
    assert model.predict([]).shape == (0,)


@pytest.mark.parametrize("labels", [[1, 0], [10, 9], [True, False], ["b", "a"]])
def test_labels_keep_their_type(labels):
    targets = np.array([labels[text.endswith("bad")] for text in TEXTS])
    model = make().fit(TEXTS, targets)
    np.testing.assert_array_equal(model.classes_, np.unique(targets))
    assert model.predict(TEXTS).dtype == targets.dtype
    assert model.score(TEXTS, targets) > 0.9
    assert model.classifier_.classes == tuple(str(label) for label in np.unique(targets).tolist())


def test_pipeline_cross_validation_and_grid_search():
    pipeline = Pipeline([("clean", FunctionTransformer(lambda texts: [t.upper() for t in texts])),
                         ("classify", make(vectors=VECTORS))])  # fmt: skip
    assert cross_val_score(pipeline, TEXTS, LABELS, cv=3).mean() > 0.8
    search = GridSearchCV(make(epochs=2), {"model": ["textcnn", "birnn"], "dropout": [0.1]}, cv=2)
    search.fit(TEXTS, LABELS)
    assert search.best_params_["dropout"] == 0.1
    assert search.predict(TEXTS).shape == (len(TEXTS),)


def test_a_clone_learns_the_same():
    model = make().fit(TEXTS, LABELS)
    again = clone(model)
    assert not hasattr(again, "classifier_")
    np.testing.assert_array_equal(again.fit(TEXTS, LABELS).predict_proba(TEXTS), model.predict_proba(TEXTS))


def test_wrong_use_is_an_error():
    with pytest.raises(ConfigError, match="model: expected one of"):
        make(model="svm").fit(TEXTS, LABELS)
    with pytest.raises(TypeError, match="expected a list of texts, found a single text"):
        make().fit("a text", LABELS)
    with pytest.raises(TypeError, match="expected a text at position 0, found int"):
        make().fit([1, 2], ["a", "b"])
    with pytest.raises(NotFittedError):
        make().predict(TEXTS)
    with pytest.raises(ArtifactError, match="expected an artefact made by wordlab"):
        make(vectors="/nowhere").fit(TEXTS, LABELS)


def test_there_are_no_weights_of_texts():
    """A network's batches cannot count a text as two and give what the text given twice gives."""
    with pytest.raises(TypeError, match="unexpected keyword argument 'sample_weight'"):
        make().fit(TEXTS, LABELS, sample_weight=[1.0] * len(TEXTS))


def test_saved_and_loaded(tmp_path):
    VECTORS.save(tmp_path / "vectors")
    model = make(vectors=tmp_path / "vectors").fit(TEXTS, LABELS)
    model.save(tmp_path / "model")
    loaded = TextClassifier.load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict_proba(TEXTS), model.predict_proba(TEXTS))
    assert loaded.classes_.tolist() == ["neg", "pos"]
    assert loaded.config == model.config


def test_without_torch_the_error_says_what_to_install():
    script = "import sys; sys.modules['torch'] = None; from pipelines.cli import main; main()"
    for words in (["sentiment", "train", "x.tsv", "-o", "made"], ["sentiment", "train", "x.tsv", "-o", "made",
                  "--model", "birnn"]):  # fmt: skip
        found = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True)
        assert (found.returncode, found.stderr) == (
            1, "Error: torch is not installed; pip install 'wordlab[torch]' brings it\n",
        )  # fmt: skip


def test_names_and_configs_load_no_array_library():
    script = "import sys, pipelines.sentiment; print({'numpy', 'torch', 'sklearn'} & set(sys.modules))"
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout
    assert output == "set()\n"


def test_importing_the_room_loads_no_torch():
    script = "import sys, wordlab.sentiment; print('torch' in sys.modules, 'sklearn' in sys.modules)"
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout
    assert output == "False False\n"
