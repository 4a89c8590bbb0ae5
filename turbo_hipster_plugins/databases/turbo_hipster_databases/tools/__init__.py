"""The migration tools that come with this library, one a room."""
