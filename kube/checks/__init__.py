"""Finds what is wrong with settings, hosts and changes before anything happens."""
