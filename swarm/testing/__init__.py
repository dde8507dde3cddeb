"""Shipped help for tests: the simulated endpoint, scripted doubles, conformance suites."""
