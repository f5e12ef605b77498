"""What anybody may see: the way out of a mailing list, and a sign of life."""
