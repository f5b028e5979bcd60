"""The one flat request: its keys, how it is read, checked, filled in and written."""
