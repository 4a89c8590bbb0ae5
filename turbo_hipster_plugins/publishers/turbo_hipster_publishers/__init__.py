"""Publishers for stores that are not on this machine."""
