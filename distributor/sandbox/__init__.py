"""Loopback servers that speak the protocols of the networks, with faults on request."""
