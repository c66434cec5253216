"""Many processes, one service; this layer has never heard of a hotel."""
