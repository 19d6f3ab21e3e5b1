"""Compiles the steps of each host into one script and sends it over one channel; it knows no Kubernetes."""
