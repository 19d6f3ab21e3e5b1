"""Asks hosts and the cluster what matters to Kubernetes."""
