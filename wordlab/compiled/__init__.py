"""What is compiled: vector lanes, barriers, padded rows, kernels, Huffman codes and random draws."""
