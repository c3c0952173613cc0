"""What holds for every test."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Hear Ctrl-C, and let child processes hear it, even where tests run in the background.

    A shell starts background work with the signal ignored, and what is ignored is inherited.
    """
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
