"""Makes the first control plane, and does what only a control plane can do for the cluster and for joining hosts."""
