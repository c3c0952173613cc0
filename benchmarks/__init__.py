"""Runnable comparisons and real cases."""
