"""The loop that trains the networks."""
