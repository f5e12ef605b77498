"""What a statement says: its wording, and how it is read from text."""
