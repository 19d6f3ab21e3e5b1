"""Makes a host a node of the cluster, keeps its kubelet and marks current, and takes it out again."""
