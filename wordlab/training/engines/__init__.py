"""What does the computing: compiled threads, or torch."""
