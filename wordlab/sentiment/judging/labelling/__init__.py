"""Tables with a prediction added to each row: all columns are kept, and a table of any size is read once."""
