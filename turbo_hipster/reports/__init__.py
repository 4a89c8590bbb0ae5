"""Views of a report: the page, JSON, JUnit and Markdown."""
