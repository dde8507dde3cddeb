"""Clients of model endpoints."""

from swarm.llm.client import ChatModel
from swarm.llm.endpoint import Endpoint, Timeouts
from swarm.llm.probe import ServerDescription, describe_server

__all__ = ["ChatModel", "Endpoint", "ServerDescription", "Timeouts", "describe_server"]
