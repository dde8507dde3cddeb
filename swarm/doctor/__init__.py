"""What ``swarm doctor`` finds out: about this machine, and about a model at an endpoint."""
