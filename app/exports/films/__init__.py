"""A walk as a film: when which step is shown, the frames, and the files they are written to."""
