"""What the electricity of our sites costs."""
