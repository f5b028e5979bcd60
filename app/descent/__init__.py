"""The mathematics of Downhill: NumPy, SymPy and the standard library, nothing else."""
