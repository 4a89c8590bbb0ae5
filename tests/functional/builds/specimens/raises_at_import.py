raise KeyError("no such luck")
