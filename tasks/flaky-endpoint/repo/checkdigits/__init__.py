"""Validators of numbers with check digits, one module each."""
