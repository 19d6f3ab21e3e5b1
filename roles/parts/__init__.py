"""Holds what several roles share; nothing here is a role."""
