"""Turns steps into the one script that a host runs, and reads the records that come back."""
