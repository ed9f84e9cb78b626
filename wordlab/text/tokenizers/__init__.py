r"""Tokenizers: a line of text to its tokens, by name, so that an artefact can record which was used.

Each has a file of its own, which describes it: `whitespace` is ``str.split()``, `word` finds the words of
running text, `jieba`, `thai` and `japanese` those of scripts without spaces.

>>> Tokenizer("word")("“Don’t!” said the mother-in-law -- 3.14 times; 'twas her co\u00adoperative_mood.")
["don't", 'said', 'the', 'mother-in-law', '3.14', 'times', 'twas', 'her', 'cooperative', 'mood']
>>> Tokenizer("word", lowercase=False, hyphens="split")("L’État-nation, 1,000 habitants")
["L'État", 'nation', '1,000', 'habitants']
>>> Tokenizer("whitespace")("“Don’t!”  said she.")
['“Don’t!”', 'said', 'she.']
"""

from wordlab.text.tokenizers.table import TOKENIZERS
from wordlab.text.tokenizers.tokenizer import Tokenizer

__all__ = ["TOKENIZERS", "Tokenizer"]
