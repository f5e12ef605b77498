"""The desk: where the team writes, checks, approves and watches statements."""
