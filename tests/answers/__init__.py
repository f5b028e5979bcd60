"""The same answers: two versions of the product are asked the same things, and their answers compared."""
