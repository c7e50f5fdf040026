"""A newspaper's web page of injuries, seen through a browser."""
