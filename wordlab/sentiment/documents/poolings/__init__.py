"""How the vectors of a text's words become one vector: a file for each way."""
