"""Word vectors handed to other libraries and taken from them; each library is imported only when used."""
