"""What to commission."""
