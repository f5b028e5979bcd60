"""The API held to its own description by schemathesis: part of the scheduled tests, for it takes minutes."""
