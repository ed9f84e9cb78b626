"""All tokenizers by name. A new one is a file beside this and a line here; nothing heavy is loaded."""

from __future__ import annotations

from wordlab.text.tokenizers.japanese import Japanese
from wordlab.text.tokenizers.jieba import Jieba
from wordlab.text.tokenizers.logs import Logs
from wordlab.text.tokenizers.sentencepiece import SentencePiece
from wordlab.text.tokenizers.splitter import Splitter
from wordlab.text.tokenizers.thai import Thai
from wordlab.text.tokenizers.tokenizers import TokenizersFile
from wordlab.text.tokenizers.tweets import Tweets
from wordlab.text.tokenizers.whitespace import Whitespace
from wordlab.text.tokenizers.word import Word

TOKENIZERS: dict[str, type[Splitter]] = {
    "whitespace": Whitespace,
    "word": Word,
    "jieba": Jieba,
    "thai": Thai,
    "japanese": Japanese,
    "tweets": Tweets,
    "logs": Logs,
    "sentencepiece": SentencePiece,
    "tokenizers": TokenizersFile,
}
