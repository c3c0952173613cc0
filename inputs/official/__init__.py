"""Readers of published files, each as its publisher ships it: every one lazy, none trusted.

``opening`` opens a table of any of them and says plainly when it is another file. A reader tidies
one publication into rows that name the thing counted, and joins nothing.
"""
