"""The Distributor: approved statements to followers and subscribers."""
