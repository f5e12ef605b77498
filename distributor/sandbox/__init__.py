"""Loopback servers that speak the networks' own protocols, with faults on request."""

from .credentials import describe, provide_secrets
from .running import Sandbox, start

__all__ = ["Sandbox", "describe", "provide_secrets", "start"]
