"""The pages: the desk of the team, and what the public may see."""
