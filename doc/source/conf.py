"""Configuration of Sphinx; no theme or font is fetched from anywhere."""

import importlib.metadata
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "turbo-hipster"
copyright = "the turbo-hipster contributors"
author = "the turbo-hipster contributors"
release = version = importlib.metadata.version("turbo-hipster")

extensions = ["commands", "options"]
exclude_patterns = []
language = "en_GB"
nitpicky = True
highlight_language = "text"

html_theme = "alabaster"
html_title = f"turbo-hipster {version}"
html_static_path = ["_static"]
html_css_files = ["turbo-hipster.css"]
html_show_sourcelink = False
html_copy_source = False
html_sidebars = {"**": ["about.html", "searchfield.html", "navigation.html"]}
html_theme_options = {
    "description": "A Gearman worker and plugin framework for CI",
    "fixed_sidebar": True,
    "page_width": "1080px",
    "sidebar_width": "210px",
    "show_powered_by": False,
    "show_relbars": False,
}
