"""The web: routes, pages, and what one server process carries. No formula is known here."""
