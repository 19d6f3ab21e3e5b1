"""Holds the workflows, which say which roles run on which hosts, and what waits for what."""
