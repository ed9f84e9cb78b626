"""Image classifiers: images in, networks, training and studies."""
