"""A linear classifier on compiled kernels: fastText's supervised mode, reproducible."""
