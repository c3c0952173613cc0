"""Where things are, and how long between them."""
