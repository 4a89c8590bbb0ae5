"""The project under test: its environment, its migrations, its change."""
