"""The names of what may be done here; who may is decided by the layer that knows people."""

STATUS = "cluster.status"
