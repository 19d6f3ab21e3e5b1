"""The tables of contents: which roles run on which hosts, and what waits for what."""
