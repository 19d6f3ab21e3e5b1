"""Tests a cluster: runs nginx on different nodes, and fetches its page in every way that the cluster offers."""

from workflows.smoke.check import smoke

__all__ = ["smoke"]
