"""The formats of labelled texts, one file each; `wordlab.sentiment.data.reading` lists them."""
