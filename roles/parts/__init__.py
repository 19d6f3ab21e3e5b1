"""Holds the code that several roles share; nothing here is a role."""
