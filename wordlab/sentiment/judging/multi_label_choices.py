"""What a classifier of several labels a text is judged by unless something else is asked for."""

THRESHOLD = 0.5
"""Labels of this probability or more are predicted."""
FIRST = (1, 3, 5)
"""For how many of a text's most probable labels precision and recall are reported."""
