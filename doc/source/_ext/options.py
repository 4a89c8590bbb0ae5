"""A directive that lists options as the program itself declares them.

``.. options:: PLACE`` where PLACE is ``module:attribute`` and the attribute
a list of oslo.config options, or a function that returns one.  Nothing is
typed twice, so nothing can go out of date.
"""

import importlib

from docutils import nodes
from docutils.parsers.rst import Directive

from turbo_hipster.conf.describe import describe


class Options(Directive):
    """List the options that stand at a place."""

    required_arguments = 1

    def run(self):
        module, _, attribute = self.arguments[0].partition(":")
        found = importlib.import_module(module)
        for name in attribute.split("."):
            found = getattr(found, name)
        options = found() if callable(found) else found
        prefix = nodes.make_id(self.arguments[0])
        listing = nodes.definition_list(classes=["option-list"])
        for option in options:
            listing += self.entry(prefix, describe(option))
        return [listing]

    def entry(self, prefix, option):
        name = nodes.make_id(f"{prefix}-{option.name}")
        term = nodes.term("", "", nodes.literal("", option.name), ids=[name])
        term += nodes.inline("", f"  {facts(option)}", classes=["facts"])
        body = nodes.definition()
        body += nodes.paragraph("", option.help)
        default = nodes.paragraph("", "Default: ")
        shown = " ".join(filter(None, option.default))
        if option.required:
            default = nodes.paragraph("", "A value is required.")
        elif shown:
            default += nodes.literal("", shown)
        else:
            default += nodes.Text("none.")
        body += default
        return nodes.definition_list_item("", term, body)


def facts(option):
    """Return the type and the bounds in a few words."""
    if option.choices:
        return "one of " + ", ".join(option.choices)
    bounds = []
    if option.minimum is not None:
        bounds.append(f"at least {option.minimum:g}")
    if option.maximum is not None:
        bounds.append(f"at most {option.maximum:g}")
    if option.secret:
        bounds.append("secret")
    return ", ".join([option.kind, *bounds])


def setup(app):
    app.add_directive("options", Options)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
