"""Embedded cases, made up, that ship with the package."""
