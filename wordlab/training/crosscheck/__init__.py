"""The same work done by gensim, compared: to the last digit (`exact`), and over seeds (`statistical`)."""
