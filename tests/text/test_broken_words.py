"""Words that line ends break, joined by a rule that looks at nothing but these two lines."""

import json
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordlab.errors import FormatError
from wordlab.text import Corpus
from wordlab.text.line_ends import join_broken_words, join_pieces


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("an exam-\nple of it\n", "an example\nof it\n"),
        ("an exam-\r\nple of it\r\n", "an example\nof it\r\n"),
        ("an exam-\n  ple\n", "an example\n"),
        ("my mother-in-\nlaw, too", "my mother-in-law,\ntoo"),
        ("state-\nof-the-art thing", "state-of-the-art\nthing"),
        ("exam\u2010\nple mother\u2010in\u2010\nlaw x", "example\nmother\u2010in\u2010law\nx"),
        ("exam\u00ad\nple NA\u00ad\nTO x", "example\nNATO\nx"),
        ("inter-\nna-\ntional\nend", "international\nend"),
        ("Smith-\nJones", "Smith-\nJones"),
        ("EXAM-\nPLE", "EXAM-\nPLE"),
        ("1990-\n1995 a-\n5", "1990-\n1995 a-\n5"),
        ("a dash -\nhere --\nthere", "a dash -\nhere --\nthere"),
        ("-\na\n\u00ad\nb", "-\na\n\u00ad\nb"),
        ("end-\n\nof paragraph", "end-\n\nof paragraph"),
        ("exam-\n", "exam-\n"),
        ("cafe\u0301-\nteria пере-\nнос हिन्-\nदी", "cafe\u0301teria\nперенос\nहिन्-\nदी"),
        ("שלום-\nעולם", "שלוםעולם"),
        ("😀-\n😀", "😀-\n😀"),
        ("\n\n", "\n\n"),
        ("-", "-"),
        ("", ""),
    ],
)
def test_rule(text, joined):
    assert join_broken_words(text) == joined


@given(
    text=st.text(st.sampled_from("aé-\u00ad\n\r A"), max_size=60),
    cuts=st.lists(st.integers(0, 80), max_size=5),
)
def test_pieces_of_any_size(text, cuts):
    data = text.encode()
    ends = sorted({min(cut, len(data)) for cut in [0, *cuts, len(data)]})
    pieces = [data[start:end] for start, end in pairwise(ends)]
    assert b"".join(join_pieces(pieces, name="x", longest=99)) == join_broken_words(text).encode()


@given(text=st.text(st.sampled_from("aB- .\n"), max_size=60))
def test_only_hyphens_and_line_ends_change(text):
    kept = [character for character in text if character.isalpha() or character == "."]
    assert [c for c in join_broken_words(text) if c.isalpha() or c == "."] == kept


def test_a_line_that_is_too_long():
    with pytest.raises(FormatError, match="x: byte 0: expected the end of a line within 9 bytes, found none"):
        list(join_pieces([b"a" * 5] * 2, name="x", longest=9))


def test_corpora_of_text_and_of_records(tmp_path):
    text = "One exam-\nple of mother-in-\nlaw\n"
    (tmp_path / "x.txt").write_text(text)
    (tmp_path / "y.jsonl").write_text(
        json.dumps({"text": text}) + "\n" + json.dumps({"text": "ends-"}) + "\n"
    )
    (tmp_path / "z.csv").write_text(f'text\n"{text}"\n')
    for name, more in (("x.txt", ()), ("y.jsonl", ("ends",)), ("z.csv", ())):
        built = Corpus.build([tmp_path / name], tmp_path / name[0], min_count=1, join_broken_words=True)
        assert built.vocabulary.words == ("one", "example", "of", "mother-in-law", *more)
    plain = Corpus.build([tmp_path / "x.txt"], tmp_path / "plain", min_count=1)
    assert "exam" in plain.vocabulary


@pytest.mark.parametrize("text", ["a-\n", "-\n", "a" * 90 + "-\n", "a-", "\u00ad\na", "a b-\n"])
def test_no_text_takes_long(text):
    started = time.process_time()
    list(join_pieces([(text * (500_000 // len(text))).encode()], name="x", longest=1 << 20))
    assert time.process_time() - started < 3
