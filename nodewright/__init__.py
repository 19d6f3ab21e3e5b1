"""The engine: steps compiled into one script a host, sent over one channel; it knows no Kubernetes."""
