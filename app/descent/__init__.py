"""The mathematics of Downhill: NumPy and the standard library, nothing else."""
