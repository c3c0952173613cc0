"""The front doors, driven as a person drives them: what is typed, what is said, what is left."""
