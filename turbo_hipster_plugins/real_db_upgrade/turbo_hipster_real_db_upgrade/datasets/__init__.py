"""Datasets: described bodies of data that migrations are run on."""
