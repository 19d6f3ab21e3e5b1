"""Compiles the steps of each host into one script and sends it over one channel. Knows no Kubernetes."""
