"""`python -m wordlab`: the command line, where the script `wordlab` is not on the path."""

from pipelines.cli import main

main()
