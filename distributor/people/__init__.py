"""The team: persons and their roles."""
