"""Describes what a run does: stages, the graph of their jobs, and what may start when. Pure."""
