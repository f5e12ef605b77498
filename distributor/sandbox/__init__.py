"""Loopback servers that speak the networks' own protocols, with faults on request."""

from .running import Sandbox, start

__all__ = ["Sandbox", "start"]
