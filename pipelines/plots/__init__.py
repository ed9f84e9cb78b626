"""Pictures of results, drawn without a display, one file for each kind."""
