"""What comes in, and the shared language."""
