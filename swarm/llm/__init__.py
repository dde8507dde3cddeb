"""Clients of model endpoints."""

from swarm.llm.client import ChatModel
from swarm.llm.endpoint import Endpoint, Timeouts

__all__ = ["ChatModel", "Endpoint", "Timeouts"]
