"""What may reach a terminal: text from a file must not steer it."""

from __future__ import annotations

_CONTROLS = dict.fromkeys({*range(32), *range(127, 160)} - {ord("\n"), ord("\t")}, "\ufffd")


def printable(text: str) -> str:
    r"""Return text without control characters, which could move the cursor or colour a screen.

    >>> printable("\x1b[31mASD") == "\ufffd[31mASD"
    True
    """
    return text.translate(_CONTROLS)
