"""One file a command: what it takes from the command line, whom it calls, what it prints."""
