"""Measurements of the whole application, through its real processes. Never timed inside tests."""
