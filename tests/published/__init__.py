"""Published optima through the product's own model."""
