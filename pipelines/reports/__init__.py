"""How commands show their results to people, one file for each group; programs get the same as JSON."""
