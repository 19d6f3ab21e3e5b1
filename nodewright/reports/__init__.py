"""Reporters: they are told the events of a run, and show or keep them."""
