"""Installs packages and runs the container runtime."""
