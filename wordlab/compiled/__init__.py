"""What is compiled: vector lanes, barriers, padded rows, kernels and random draws."""
