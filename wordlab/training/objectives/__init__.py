"""What is learnt: each objective brings its config, rows, step and loss."""
