"""Project environments: what a project requires, installed once."""
