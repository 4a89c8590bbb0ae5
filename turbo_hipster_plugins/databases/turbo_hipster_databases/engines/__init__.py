"""The engines that come with this library, one a room."""
