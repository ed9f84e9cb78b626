"""Lines of logs: what is masked, and which words remain."""

import time

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from wordlab.text import Tokenizer
from wordlab.text.tokenizers import logs


@pytest.mark.parametrize(
    ("line", "tokens"),
    [
        (
            "081109 203615 148 INFO dfs.DataNode$Responder: block blk_-38865 from /10.250.10.6:50010",
            "<num> <num> <num> info dfs datanode responder block blk <num> from <ip>",
        ),
        (
            '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a/b.gif?x=1&y=2 HTTP/1.0" 200 2326',
            "<ip> frank <date> <time> get <path> http <num> <num> <num>",
        ),
        ("Nov  6 21:07:11 sshd(pam_unix)[19939]: uid=0", "<date> <time> sshd pam unix <num> uid <num>"),
        ("2026-11-26T21:07:11.123Z ERROR took 5ms", "<date> <time> error took <num> ms"),
        ("Thu Nov 26 21:07:11 UTC 2026", "<date> <time> <num>"),
        ("26.11.2026 17/06/09 1.2.3 3 May 2026 May 5, 2026", "<date> <date> <num> <date> <date>"),
        ("id=550e8400-e29b-41d4-a716-446655440000 0xDEADBEEF 9fceb02d0ae5", "id <uuid> <hex> <hex>"),
        ("deadbeef 12345678 1e-5 99.9%", "deadbeef <num> <num> <num>"),
        ("00:1B:44:11:3A:B7 fe80::1%eth0 [::1]:8080 10.0.0.0/8", "<mac> <ip> <ip> <num> <ip>"),
        ("std::string abc::def 12:34:56", "std string abc def <time>"),
        (r"C:\Users\x\y.txt, \\srv\share ~/a/b.log. ./run.sh /", "<path> <path> <path> <path>"),
        ("and/or n/a x/y", "and or n a x y"),
        ("john@x.org https://a.b/c?d=e, ok", "<email> <url> ok"),
        ("node42 user_id can’t", "node <num> user id can't"),
        ("\x1b[31mFailed\x1b[0m Ошибка: 错误 ٣", "failed ошибка 错误 <num>"),
        ("ERREUR cafe\u0301 \ud800 \u0301", "erreur café"),
        ("", ""),
    ],
)  # fmt: skip
def test_logs(line, tokens):
    assert Tokenizer("logs")(line) == tokens.split()


PARTS = st.sampled_from(
    (
        *"a6@.,;-/_'tx()+ ", "Nov", "May", "Maybe", "Thu", "Thursday", "21:07", "2026", "://", "C:", "\\",
        "1b:2c", "dead", "beef", "cafe0123", "can", "\t",
    )
)  # fmt: skip


@given(line=st.lists(PARTS, max_size=14).map("".join), more=st.sampled_from(["", " é", "é"]))
@example(line="Thu Nov 6 abc@x.org C:\\x", more="")
def test_short_cuts_find_what_the_masks_and_words_find(line, more):
    masks = (f"(?P<{name}>{expression})" for name, expression in logs.MASKS.items())
    plain = regex.compile("|".join([*masks, logs._WORD]), regex.V1)
    text = line + more
    expected = [(match.lastgroup, match[0]) for match in plain.finditer(text)]
    found = logs._pattern(text.isascii()).finditer(text)
    assert [(match.lastgroup, match[0]) for match in found] == expected


def test_masks_stay_whatever_the_case():
    assert Tokenizer("logs", lowercase=False)("WARN disk 3 FULL") == ["WARN", "disk", "<num>", "FULL"]


@pytest.mark.parametrize(
    "text",
    [
        "/",
        "/a",
        "1.",
        "1:",
        "a@",
        "a:",
        "::",
        "f",
        "0x",
        "Nov ",
        "\\\\a",
        "a://",
        "1-",
        "'a",
        "~/.",
        "1 Jan ",
        ",;",
    ],
)
def test_no_line_takes_long(text):
    tokenizer = Tokenizer("logs")
    tokenizer("x")
    started = time.process_time()
    tokenizer("https://" + text * (100_000 // len(text)))
    tokenizer(text * (100_000 // len(text)))
    assert time.process_time() - started < 3
