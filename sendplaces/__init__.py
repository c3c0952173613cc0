"""The front doors: the command line, and the pipeline that it calls."""
