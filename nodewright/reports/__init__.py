"""Reports a run: reporters get its events, and show or keep them."""
