"""What is served, and the story of each classifier."""

from wordlab.sentiment import BaselineConfig, train_baseline

from .conftest import TEXTS, client_of


def test_the_catalogue(client):
    assert client.get("/catalogue").json() == {
        "sets": [
            {"name": "small", "num_words": 8, "dim": 4, "counts": True, "subwords": False},
            {"name": "other", "num_words": 6, "dim": 3, "counts": True, "subwords": False},
        ],
        "classifiers": [{"name": "reviews", "title": "TF-IDF", "classes": ["neg", "pos"]}],
    }


def test_nothing_of_one_kind(vectors, classifier):
    with client_of({}, {"reviews": classifier}) as client:
        assert client.get("/catalogue").json()["sets"] == []
        assert client.get("/complete?q=a").status_code == 404
    with client_of({"small": vectors}) as client:
        reply = client.get("/classifiers/reviews/card")
        assert reply.status_code == 404
        assert "started without a classifier" in reply.json()["error"]["message"]


def test_the_card_of_a_classifier(client, classifier):
    found = client.get("/classifiers/reviews/card").json()
    assert found.keys() == {
        "name", "title", "classes", "class_shares", "num_texts", "size", "tokenizer", "held_out", "config",
        "facts", "digest",
    }  # fmt: skip
    assert (found["name"], found["title"], found["num_texts"]) == ("reviews", "TF-IDF", len(TEXTS))
    assert found["class_shares"] == [0.5, 0.5]
    assert found["config"] == classifier.config.to_dict()
    reply = client.get("/classifiers/nix/card")
    assert reply.status_code == 404
    assert reply.json()["error"]["message"] == "classifier: expected one of reviews, found 'nix'"


def test_the_card_holds_the_confusion_of_texts_held_out():
    texts = 8 * TEXTS
    model = train_baseline(
        texts, 8 * ["a/b", "a/b", "c d", "c d"], BaselineConfig(model="nbsvm", calibration_folds=4)
    )
    with client_of({}, {"odd/name": model, "other": model}) as client:
        for name in ("other", "odd%2Fname", "odd/name"):
            found = client.get(f"/classifiers/{name}/card").json()
            assert found["classes"] == ["a/b", "c d"]
            assert found["held_out"] == {
                "accuracy": model.held_out.accuracy, "num_texts": 32, "num_folds": 4,
                "confusion": [list(row) for row in model.held_out.confusion],
            }  # fmt: skip
            assert sum(map(sum, found["held_out"]["confusion"])) == 32
