"""Makes the objects that are applied to the cluster."""
