"""`python -m wordlab`: the command line, where the script `wordlab` is not on the path."""

from pipelines.cli import main

if __name__ == "__main__":
    main()
