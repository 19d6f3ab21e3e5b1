"""Makes the first control plane, and what only a control plane can do for the cluster and for hosts that join."""
