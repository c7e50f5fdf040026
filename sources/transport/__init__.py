"""How requests become captures: from an archive on disk, or over the network."""
