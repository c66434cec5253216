"""The doors of this layer for operators: what a node is, and what the cluster is."""
