"""Views of a report for other CI systems: GitHub, GitLab, SARIF, Zuul."""
