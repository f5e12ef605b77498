"""Who agreed to which bytes."""
