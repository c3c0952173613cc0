"""Tests of the demand projection."""
