"""What proves that a test notices a fault; run.py says how it is used."""
