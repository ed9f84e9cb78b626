"""Studies: many trainings that differ in one choice, what they found, and the artefact that keeps it."""
