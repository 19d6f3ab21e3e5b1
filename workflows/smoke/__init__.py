"""The proof: nginx on different nodes, and its page fetched through every door of the cluster."""

from workflows.smoke.check import smoke

__all__ = ["smoke"]
