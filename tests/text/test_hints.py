"""Hints: they fire on texts that a tokenizer gets wrong, and on no others."""

import pytest

from wordlab.errors import CorpusError
from wordlab.text import Corpus, Tokenizer
from wordlab.text.hints import Hints, text_notes

CHINESE = "我爱北京天安门，天安门上太阳升。\n今天天气很好，我们去公园散步。\n"
JAPANESE = "私は毎朝コーヒーを飲みます。東京の天気はどうですか。\n"
THAI = "วันนี้อากาศดีมาก เราไปเดินเล่นที่สวนสาธารณะ\n"
ENGLISH = "The quick brown fox jumps over the lazy dog, and nobody knows why it does so.\n"
OTHERS = {
    "Lao": "ຂ້ອຍຮັກພາສາລາວຫຼາຍ\n",
    "Khmer": "ខ្ញុំស្រឡាញ់ភាសាខ្មែរណាស់\n",
    "Burmese": "ကျွန်တော်မြန်မာစာကိုချစ်တယ်\n",
}


def notes(text, name="word", **options):
    return text_notes([text], Tokenizer(name, **options))


@pytest.mark.parametrize("name", ["word", "whitespace"])
@pytest.mark.parametrize(
    ("text", "language", "other"),
    [(CHINESE, "Chinese", "jieba"), (JAPANESE, "Japanese", "japanese"), (THAI, "Thai", "thai")],
)
def test_scripts_without_spaces(name, text, language, other):
    (note,) = notes(text, name)
    assert f"% of the text is {language}, which has no spaces between words" in note
    assert f"--tokenizer {name} takes whole clauses as words" in note
    assert note.endswith(f"--tokenizer {other} finds the words")
    assert not notes(text, other)
    assert not notes(" ".join(Tokenizer(other)(text)), name)


@pytest.mark.parametrize("language", OTHERS)
def test_scripts_that_no_tokenizer_splits(language):
    (note,) = notes(OTHERS[language])
    assert f"100% of the text is {language}" in note
    assert note.endswith("put spaces between the words first, and use --tokenizer whitespace")


def test_a_tokenizer_for_another_language():
    (note,) = notes(JAPANESE, "jieba")
    assert note.endswith(
        "is Japanese, and --tokenizer jieba is for Chinese; --tokenizer japanese finds the words"
    )
    assert "--tokenizer japanese is for Japanese; --tokenizer jieba" in notes(CHINESE, "japanese")[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        ENGLISH,
        ENGLISH * 10 + CHINESE,
        ENGLISH * 5 + "He said ประเทศไทย and İstanbul, <b>twice</b>.\n",
        "안녕하세요 저는 한국 사람입니다 오늘 날씨가 좋네요\n",
        "Привет, как дела? Сегодня хорошая погода.\n",
        "हिन्दी में लिखा हुआ एक वाक्य है\n",
        ENGLISH * 10 + "AT&T; a < b > c, x&y; [1] {a} ''quoted''\n",
        "if (a<b && c>d) { return x; }\n",
    ],
)
def test_nothing_to_say(text):
    assert not notes(text)


@pytest.mark.parametrize(
    "text",
    [
        "Great film.<br /><br />I loved it &amp; you&#39;ll too.",
        "<page><title>Cat</title></page>",
        "&lt;p&gt;one&lt;/p&gt; two",
        "The '''cat''' is a [[mammal]] of {{taxon}}",
        (ENGLISH + "<br />") * 3,
    ],
)
def test_markup(text):
    (note,) = notes(text)
    assert note.startswith("the text holds markup, as in ")
    assert note.endswith(": --markup strip removes it")
    assert not notes(text, markup="strip")


def test_lower_case_of_another_language():
    turkish = "İstanbul'da ılık bir akşam, IŞIK yandı. Kadın kapıyı açtı.\n"
    assert notes(turkish) == [
        "the text looks Turkish, where I is the capital of ı: --language tr lower-cases it so"
    ]
    assert "--language az" in notes("Bakı şəhəri İçərişəhər qədimdir, ılıq hava. Mən gəldim.\n")[0]
    assert not notes(turkish, language="tr")
    assert not notes(turkish, lowercase=False)
    assert not notes("kadın kapıyı açtı, ışık yandı\n")  # nothing to lower-case


def test_blocks_are_sampled_and_pass_unchanged():
    blocks = [CHINESE.encode()[:-2], b"x" * 20_000, CHINESE.encode()]  # the first one ends inside a letter
    hints = Hints(Tokenizer("word"))
    assert list(hints.watch(blocks)) == blocks
    assert not hints.notes()
    hints.add(CHINESE * 200)
    assert "is Chinese" in hints.notes()[0]


def test_a_long_list_of_texts_is_sampled():
    assert text_notes([CHINESE] * 2_500, Tokenizer("word"))
    assert not text_notes([ENGLISH] * 2_500, Tokenizer("word"))


def test_a_corpus_has_the_notes(tmp_path):
    (tmp_path / "x.txt").write_text(THAI, encoding="utf-8")
    (tmp_path / "y.txt").write_text(ENGLISH, encoding="utf-8")
    corpus = Corpus.build([tmp_path / "x.txt"], tmp_path / "c", min_count=1)
    assert [note for note in corpus.notes if "is Thai" in note]
    assert not Corpus.build([tmp_path / "y.txt"], tmp_path / "d", min_count=1).notes
    with pytest.raises(CorpusError, match=r"min_count 5 leaves no word: .*; 100% of the text is Thai, which"):
        Corpus.build([tmp_path / "x.txt"], tmp_path / "e", min_count=5)
