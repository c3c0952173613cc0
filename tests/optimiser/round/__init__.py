"""Tests of the placement round."""
