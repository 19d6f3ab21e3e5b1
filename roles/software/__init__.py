"""Installs packages, runs the container runtime, and takes both away again."""
