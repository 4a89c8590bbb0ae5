"""The rivals: each runs the program ``true`` as its kind of job."""
