"""Breaking: the rows that a constraint does not hold for, found again."""
