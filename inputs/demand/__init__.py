"""The demand projection: children with a plan, and how wrong that can be."""
