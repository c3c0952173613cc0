"""Claims of the geo package."""
