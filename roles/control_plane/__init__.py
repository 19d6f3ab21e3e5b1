"""Makes the first control plane."""
