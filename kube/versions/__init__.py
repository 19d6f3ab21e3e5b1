"""Holds what differs between releases of Kubernetes and its images."""
