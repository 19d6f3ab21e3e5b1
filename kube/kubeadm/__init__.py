"""Renders the files that kubeadm reads."""
