"""Optimizers: their table, their rules, and what sets the learning rate of each step."""
