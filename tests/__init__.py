"""Tests, package by package."""
