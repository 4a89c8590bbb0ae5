"""The sample configuration, written by the options themselves."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from turbo_hipster.conf import (
    default,
    gearman,
    git,
    health,
    job,
    log,
    publish,
    statsd,
)
from turbo_hipster.conf.describe import Described, describe

HEAD = """\
# Configuration of turbo-hipster.
#
# A comment stands on a line of its own, never behind a value. In the groups
# [DEFAULT], [gearman], [git], [health], [statsd] and [publish] $NAME means the
# option NAME, $$ is a dollar sign, and an environment variable
# OS_GROUP__OPTION (for instance OS_GEARMAN__SERVERS) wins over the file. In
# the sections [job:NAME] and [publish:NAME] a value is taken as it is written:
# nothing is expanded, and quotes are part of it. A line that begins with a
# blank continues a value.
#
# What is commented out shows the default. 'turbo-hipster config check' finds
# the mistakes.
"""

LOG_BEGINS = "# Options of the log (oslo.log), in [DEFAULT] too:"
LOG_ENDS = "# End of the options of the log."

JOB_HEAD = """\
# One section for each job that enabled_jobs names, and the options that every
# job has.
#[job:unit]
"""

PUBLISH_HEAD = """\
# One section for each name in publishers, and the options that every publisher
# has. The publisher 'local' needs no section.
#[publish:local]
"""

Options = Mapping[str, Sequence[Described]]


def sample(tasks: Options, publishers: Options) -> str:
    """Return the sample; each mapping has the options of a plugin by name."""
    return "\n".join(_parts(tasks, publishers))


def _parts(tasks: Options, publishers: Options) -> Iterator[str]:
    yield HEAD
    yield "[DEFAULT]\n"
    yield from _options(map(describe, default.OPTIONS))
    yield f"{LOG_BEGINS}\n"
    yield from _options(map(describe, log.options()))
    yield f"{LOG_ENDS}\n"
    for group in (gearman, git, health, statsd):
        yield f"[{group.GROUP}]\n"
        yield from _options(map(describe, group.OPTIONS))
    yield f"[{publish.GROUP}]\n"
    yield from _options(map(describe, publish.OPTIONS))
    yield PUBLISH_HEAD
    yield from _options(map(describe, publish.SECTION_OPTIONS))
    for name, options in publishers.items():
        yield f"# With publisher = {name}:\n"
        yield from _options(options)
    yield JOB_HEAD
    yield from _options(map(describe, job.OPTIONS))
    for name, options in tasks.items():
        yield f"# With plugin = {name}:\n"
        yield from _options(options)


def _options(options: Iterable[Described]) -> Iterator[str]:
    for option in options:
        lines = textwrap.wrap(
            " ".join(filter(None, [option.help, _facts(option)])),
            width=79,
            initial_indent="# ",
            subsequent_indent="# ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for value in option.default:
            shown = "" if option.secret else value
            lines.append(f"#{option.name} = {shown}".rstrip())
        yield "\n".join(lines) + "\n"


def _facts(option: Described) -> str:
    facts = option.kind
    if option.choices:
        facts = "one of " + ", ".join(option.choices)
    elif option.minimum is not None and option.maximum is not None:
        facts += f" from {option.minimum:g} to {option.maximum:g}"
    elif option.minimum is not None:
        facts += f", at least {option.minimum:g}"
    elif option.maximum is not None:
        facts += f", at most {option.maximum:g}"
    if option.required:
        facts += "; required"
    if option.secret:
        facts += "; secret"
    return f"({facts})" if facts else ""
