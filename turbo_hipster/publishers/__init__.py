"""The publishers that come with the core."""
