"""Walks as scripts: the same walk in NumPy, in PyTorch, and in JAX with optax, to be read, run and changed."""
