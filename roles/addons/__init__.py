"""Puts the add-ons into the cluster: its pod network and its load balancer."""
