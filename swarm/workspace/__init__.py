"""Where agents work: clones, sandbox, integration."""
