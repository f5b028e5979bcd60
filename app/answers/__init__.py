"""Answers: a request becomes plans, plans are walked, and what comes of it becomes records."""
