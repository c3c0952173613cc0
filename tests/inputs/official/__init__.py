"""Readers of published files, tested name for name."""
