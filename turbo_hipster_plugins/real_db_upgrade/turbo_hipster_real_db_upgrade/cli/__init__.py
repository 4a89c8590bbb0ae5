"""Commands for those who keep datasets."""
