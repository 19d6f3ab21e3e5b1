"""Renders what kubeadm is given."""
