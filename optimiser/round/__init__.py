"""The placement round, in PuLP: children waiting now, places open now."""
