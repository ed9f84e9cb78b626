"""Pictures of `wordlab theory`: one file for each command."""
