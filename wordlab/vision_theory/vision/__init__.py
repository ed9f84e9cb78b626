"""Batch normalisation and residual networks."""
