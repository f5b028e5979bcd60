"""Walks: what one is, when it ends, and the engines that walk: floats, blocks of arrays, and ends alone."""
