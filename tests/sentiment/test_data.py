import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.reports.labelled import data_notes
from wordlab.errors import ConfigError, CorpusError
from wordlab.sentiment import LabelledTexts, inspect, stratified_split
from wordlab.sentiment.data.labelled import drop_duplicates
from wordlab.sentiment.data.normalising import all_normalised


def labelled(*pairs, source="x.tsv"):
    texts, labels = zip(*pairs, strict=True)
    return LabelledTexts(texts, labels, source)


def test_every_text_needs_a_label():
    with pytest.raises(ValueError, match="a label for each text, found 2 texts, 1 labels"):
        LabelledTexts(("a", "b"), ("pos",), "x")
    for texts, labels in (("ab", ("pos", "neg")), (("a", "b"), "pn")):
        with pytest.raises(TypeError, match="found a single string; put it in a list"):
            LabelledTexts(texts, labels, "x")


def test_inspect_finds_what_spoils_results():
    train = labelled(("Good film", "pos"), (" good  FILM", "neg"), ("", "neg"), ("\t", "pos"), ("bad", "neg"))
    test = labelled(("GOOD film ", "pos"), ("other", "neg"), ("", "neg"), source="test.tsv")
    report = inspect(train, test)
    assert (report.num_texts, report.num_empty, report.num_duplicates, report.num_conflicts) == (5, 2, 1, 1)
    assert report.num_leaked == 1  # the empty text is counted as empty, not as leaked
    assert report.class_counts == {"neg": 3, "pos": 2}
    assert data_notes(report) == [
        "x.tsv: 2 texts without any word",
        "x.tsv: 1 text repeating an earlier one",
        "x.tsv: 1 text repeating an earlier one with another label",
        "x.tsv: 1 text of the test set also in this training set",
    ]


def test_inspect_of_clean_texts():
    report = inspect(labelled(("a", "pos"), ("b", "neg")))
    assert data_notes(report) == []
    assert report.num_leaked is None


def test_one_class_is_an_error():
    with pytest.raises(CorpusError, match=r"^x.tsv: expected texts of two .* found only 'pos'$"):
        inspect(labelled(("a", "pos"), ("b", "pos")))


def test_drop_duplicates_keeps_the_first_unless_labels_disagree():
    data = labelled(("a", "pos"), ("A", "pos"), ("b", "pos"), ("b ", "neg"), ("", "neg"), ("c", "neg"))
    assert drop_duplicates(data).texts == ("a", "c")


@given(
    st.lists(st.sampled_from("abc"), min_size=30, max_size=60),
    st.floats(0.2, 0.8),
    st.integers(0, 2**31),
)
def test_split_keeps_the_classes_and_every_text(labels, share, seed):
    labels = tuple(labels + ["a", "b", "c"] * 4)
    data = LabelledTexts(tuple(f"text {n}" for n in range(len(labels))), labels, "x")
    kept, held_out = stratified_split(data, share, seed=seed)
    assert sorted(kept.texts + held_out.texts) == sorted(data.texts)
    assert len(held_out) == round(share * len(data))
    for name in "abc":
        # scikit-learn deals out what rounding leaves; with three classes that is up to two texts
        assert abs(held_out.labels.count(name) - share * labels.count(name)) <= 2
    assert stratified_split(data, share, seed=seed) == (kept, held_out)


def test_another_seed_gives_another_split():
    data = LabelledTexts(tuple(map(str, range(100))), ("a", "b") * 50, "x")
    assert stratified_split(data, 0.5, seed=1)[1] != stratified_split(data, 0.5, seed=2)[1]


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5])
def test_a_share_is_between_0_and_1(share):
    with pytest.raises(ConfigError, match="share: expected a number between 0 and 1, found"):
        stratified_split(labelled(("a", "x"), ("b", "y")), share, seed=1)


def test_too_few_texts_to_split():
    with pytest.raises(CorpusError, match=r"two or more texts of every class to split, found one of 'y'"):
        stratified_split(labelled(("a", "x"), ("b", "x"), ("c", "y")), 0.5, seed=1)
    few = labelled(*((str(n), "xy"[n % 2]) for n in range(10)))
    with pytest.raises(CorpusError, match=r"each of 2 classes, found 10 texts, of which .* 0.1 is 1"):
        stratified_split(few, 0.1, seed=1)


@given(st.lists(st.text("aB \t\n\x1c\x85\xa0\u2003ßΣ", max_size=9), max_size=6))
def test_normalised_texts_are_those_of_splitting(texts):
    assert list(all_normalised(texts)) == [" ".join(text.split()).casefold() for text in texts]


def test_many_texts_are_normalised_in_order():
    texts = ["plain", "Ünder", "two  Spaces", " a", "", "İ\u2028b", "\ud800 X", "tab\there"] * 300
    assert list(all_normalised(texts)) == [" ".join(text.split()).casefold() for text in texts]
