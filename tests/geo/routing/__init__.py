"""Routing, tested where it can be worked out by hand."""
