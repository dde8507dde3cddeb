"""Clients of model endpoints."""

from swarm.llm.client import ChatModel
from swarm.llm.endpoint import Endpoint, Price, Timeouts
from swarm.llm.pool import EndpointPool
from swarm.llm.probe import ServerDescription, describe_server

__all__ = ["ChatModel", "Endpoint", "EndpointPool", "Price", "ServerDescription", "Timeouts", "describe_server"]
