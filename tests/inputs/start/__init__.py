"""Tests of the case that is made from official files."""
