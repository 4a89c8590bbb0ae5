"""What we promise to authors of plugins for their tests."""
