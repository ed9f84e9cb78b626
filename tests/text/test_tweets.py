"""Posts of social media: what is one token, and what becomes of it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordlab.text import Tokenizer

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("@Jack that’s #NLProc!", ["@jack", "that's", "#nlproc"]),
        ("RT @user@mastodon.social: hi.", ["rt", "@user@mastodon.social", "hi"]),
        ("mail me@example.com @@x &#39; a#b", ["mail", "me", "example", "com", "x", "39", "a", "b"]),
        ("#1 #2nd #سلام_دنیا #日本語 ＃全角 ＠ab", ["1", "#2nd", "#سلام_دنیا", "#日本語", "#全角", "@ab"]),
        ("see https://t.co/AbC, (www.x.org/a_(b)).", ["see", "https://t.co/AbC", "www.x.org/a_(b)"]),
        ("HTTP://x.y/z?a=b#c… http:// x", ["HTTP://x.y/z?a=b#c", "http", "x"]),
        (f"{FAMILY}👍🏽🇩🇪🇫🇷{ENGLAND}1️⃣", [FAMILY, "👍🏽", "🇩🇪", "🇫🇷", ENGLAND, "1\u20e3"]),
        ("❤️❤ ©️ © 2️0 🇩", ["❤", "❤", "©", "20"]),
        (":-) :)) ;D :'( <3 XD T_T ^_^ (: ¯\\_(ツ)_/¯", [
            ":-)", ":)", ";D", ":'(", "<3", "XD", "T_T", "^_^", "(:", "¯\\_(ツ)_/¯",
        ]),
        ("at 12:30, 8) f(x): DX a:b f://x", ["at", "12", "30", "8", "f", "x", "dx", "a", "b", "f", "x"]),
        ("mother-in-law cafe\u0301 3.14", ["mother-in-law", "café", "3.14"]),
        ("שלום @דוד #תל_אביב 😀", ["שלום", "דוד", "#תל_אביב", "😀"]),
        ("\ud83d\u0301 \u200d", []),
        ("", []),
    ],
)  # fmt: skip
def test_tweets(text, tokens):
    assert Tokenizer("tweets")(text) == tokens


TEXT = "@Jack OK 😂 :-) #NLProc www.x.org"


@pytest.mark.parametrize(
    ("options", "tokens"),
    [
        ({"handles": "mask"}, "<user> ok 😂 :-) #nlproc www.x.org"),
        ({"handles": "drop", "hashtags": "mask"}, "ok 😂 :-) <hashtag> www.x.org"),
        ({"urls": "mask", "hashtags": "drop"}, "@jack ok 😂 :-) <url>"),
        ({"emoji": "mask", "urls": "drop"}, "@jack ok <emoji> <emoji> #nlproc"),
        ({"emoji": "drop", "lowercase": False}, "@Jack OK #NLProc www.x.org"),
    ],
)
def test_options(options, tokens):
    assert Tokenizer("tweets", **options)(TEXT) == tokens.split()


def test_an_option_is_recorded():
    facts = Tokenizer("tweets", urls="mask").to_dict()
    assert (facts["urls"], facts["emoji"]) == ("mask", "keep")


PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=["So", "Sk", "Sm", "Po", "Ps", "Pe", "Pc"]))


@given(PLAIN.filter(lambda text: not set(text) & set("xXdDoOTwWhH-\ufe0f\u20e3\u200d")))
def test_plain_text_has_the_words_of_word(text):
    for lowercase in (True, False):
        assert Tokenizer("tweets", lowercase)(text) == Tokenizer("word", lowercase)(text)


@pytest.mark.parametrize(
    "text",
    ["@", "@a", "#1", "#a", "http://.", "www.(", "😀\u200d", "\U0001f1e9", "-_", "<3", "@a@a.", "("],
)  # fmt: skip
def test_no_post_takes_long(text):
    tokenizer = Tokenizer("tweets")
    tokenizer("x")
    started = time.process_time()
    tokenizer(text * (100_000 // len(text)))
    assert time.process_time() - started < 2
