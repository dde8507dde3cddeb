"""The pure core: no asyncio, no I/O, no clock, no randomness, no logging; time and ids are arguments."""
