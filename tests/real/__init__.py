"""Tests on official English files (skipped where the files are absent)."""
