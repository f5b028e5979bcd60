"""Maps: what a cell of one is, where cells are computed, and their colours."""
