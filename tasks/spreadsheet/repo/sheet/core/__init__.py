"""What functions are built from."""
