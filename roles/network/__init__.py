"""Gives the cluster its pod network and its load balancer."""
