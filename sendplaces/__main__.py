"""Run the command line with ``python -m sendplaces``."""

from sendplaces.cli import main

main()
