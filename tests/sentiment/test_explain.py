import pytest
import torch

from wordlab.errors import ConfigError
from wordlab.sentiment.models.word_explanations import explain_words

from .test_classifier_training import fit


@pytest.fixture(scope="module")
def textcnn():
    return fit(epochs=15, patience=15, learning_rate=0.01)


@pytest.fixture(scope="module")
def birnn():
    return fit(model="birnn", epochs=15, patience=15, learning_rate=0.01)


def logit(classifier, text, label):
    encoded = classifier.encoder.encode([text])
    with torch.no_grad():
        found = classifier.network(torch.tensor([encoded.ids.tolist()]), torch.from_numpy(encoded.lengths))
    return float(found[0, classifier.classes.index(label)])


@pytest.mark.parametrize("label", ["pos", "neg"])
def test_ngrams_add_up_to_the_logit(textcnn, label):
    text = "the film is so good , a plot very good"
    explanation = textcnn.explain(text, label=label)
    total = sum(reason.weight for reason in explanation.reasons) + explanation.rest
    assert total == pytest.approx(explanation.logit, abs=1e-5)
    assert explanation.logit == pytest.approx(logit(textcnn, text, label), abs=1e-5)
    tokens = textcnn.encoder.tokenizer(text)
    for reason in explanation.reasons:
        assert tuple(tokens[reason.position : reason.position + len(reason.words)]) == reason.words


@pytest.mark.parametrize("name", ["textcnn", "birnn"])
def test_the_telling_word_is_found(name, request):
    classifier = request.getfixturevalue(name)
    explanation = explain_words(classifier, "the film is so good")
    assert explanation.label == "pos"
    assert explanation.reasons[0].words == ("good",)
    assert explanation.reasons[0].weight > 0
    against = explain_words(classifier, "the film is so good", label="neg")
    assert against.reasons[0].words == ("good",)
    assert against.reasons[0].weight < 0


@pytest.mark.parametrize("name", ["textcnn", "birnn"])
def test_words_add_up_to_the_change_from_nothing(name, request):
    """Completeness (Sundararajan et al. 2017, proposition 1), up to the steps of the sum."""
    classifier = request.getfixturevalue(name)
    explanation = explain_words(classifier, "a plot is very bad", num_steps=512)
    nothing = torch.zeros((1, 5, classifier.network.words.num_features))
    with torch.no_grad():
        baseline = classifier.network.classify(nothing, torch.tensor([5]))[0]
    expected = explanation.logit - float(baseline[classifier.classes.index(explanation.label)])
    total = sum(reason.weight for reason in explanation.reasons)
    assert total == pytest.approx(expected, rel=0.02, abs=0.02)


def test_an_empty_text_has_no_reasons(textcnn, birnn):
    assert explain_words(birnn, "").reasons == ()
    assert all(reason.words == () for reason in textcnn.explain("").reasons)


def test_wrong_use(textcnn, birnn):
    for explain in (
        textcnn.explain,
        birnn.explain,
        lambda *text, label: explain_words(birnn, *text, label=label),
    ):
        with pytest.raises(ConfigError, match="label: expected one of neg, pos, found 'maybe'"):
            explain("a film", label="maybe")


def test_each_network_explains_in_its_own_way(textcnn, birnn):
    text = "the film is so good"
    assert birnn.explain(text) == explain_words(birnn, text)  # every word, by integrated gradients
    assert max(len(reason.words) for reason in textcnn.explain(text).reasons) > 1
