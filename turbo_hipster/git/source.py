"""What a build checks out, read from the parameters of its job.

The rules are those of the classic clients: ``ZUUL_NEWREV`` from the origin
when it is set, else ``ZUUL_REF`` from ``ZUUL_URL``, else ``BRANCH`` from the
origin, else the origin's default branch.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping

from turbo_hipster.exceptions import RefusedInput
from turbo_hipster.git import addresses
from turbo_hipster.git.addresses import Address


class Kind(enum.Enum):
    """What is asked for."""

    CHANGE = "change"  # a ref that is not merged yet
    BRANCH = "branch"
    TAG = "tag"
    COMMIT = "commit"  # something merged, by its id
    DEFAULT = "default branch"


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """Where the change is, and what it is compared with.

    ``address`` is where ``ref`` is fetched from and ``origin`` the
    project's home; they may be the same.  ``ref`` is a full name
    (``refs/…``, or ``HEAD``); ``branch`` the target branch's short name or
    ""; ``commit`` the id the client promised or ""; ``old`` what the ref
    pointed at before.  Passwords are kept apart in the addresses.
    """

    project: str
    address: Address
    ref: str
    kind: Kind
    origin: Address
    branch: str = ""
    commit: str = ""
    old: str = ""

    @property
    def url(self) -> str:
        """Where the ref is fetched from; safe to show."""
        return self.address.url

    def __str__(self) -> str:
        what = self.commit or self.ref
        return f"{self.kind.value} {what} of {self.project}"

    @classmethod
    def from_parameters(
        cls, parameters: Mapping[str, str], origin: str
    ) -> Source:
        """Read job parameters; ``origin`` is the option ``[git] origin``.

        Raises RefusedInput for what is missing or hostile, and for a ref
        that was deleted.
        """

        def of(name: str) -> str:
            return str(parameters.get(name) or "")

        if not of("ZUUL_PROJECT"):
            raise RefusedInput(
                "there is no ZUUL_PROJECT, so nothing can be checked out; "
                "send it, or give the job checkout = none"
            )
        project = addresses.check_project(of("ZUUL_PROJECT"))
        home = addresses.check_url(origin, "[git] origin").below(project)
        branch = of("ZUUL_BRANCH") and _branch(of("ZUUL_BRANCH"))
        if of("ZUUL_NEWREV"):
            new = addresses.check_commit(of("ZUUL_NEWREV"), "ZUUL_NEWREV")
            ref = _full(of("ZUUL_REF") or of("ZUUL_REFNAME"))
            if not new:
                raise RefusedInput(
                    f"{ref or 'the ref'} of {project} was deleted "
                    "(ZUUL_NEWREV is all zeros): there is nothing to check"
                )
            return cls(
                project,
                home,
                ref,
                Kind.COMMIT,
                home,
                branch or ref.partition("refs/heads/")[2],
                new,
                addresses.check_commit(of("ZUUL_OLDREV"), "ZUUL_OLDREV"),
            )
        commit = addresses.check_commit(of("ZUUL_COMMIT"), "ZUUL_COMMIT")
        if of("ZUUL_REF"):
            place = home
            if of("ZUUL_URL"):
                place = addresses.check_url(of("ZUUL_URL"), "ZUUL_URL").below(
                    project
                )
            ref = _full(of("ZUUL_REF"))
            kind, short = _kind(ref)
            return cls(
                project, place, ref, kind, home, branch or short, commit
            )
        if of("BRANCH") or branch:
            short = _branch(of("BRANCH")) if of("BRANCH") else branch
            return cls(
                project, home, f"refs/heads/{short}", Kind.BRANCH, home, short
            )
        return cls(project, home, "HEAD", Kind.DEFAULT, home)


def _full(ref: str) -> str:
    if not ref:
        return ""
    addresses.check_ref(ref, "ZUUL_REF")
    return ref if ref.startswith("refs/") else f"refs/heads/{ref}"


def _branch(name: str) -> str:
    return addresses.check_ref(name, "the branch").removeprefix("refs/heads/")


def _kind(ref: str) -> tuple[Kind, str]:
    if ref.startswith("refs/heads/"):
        return Kind.BRANCH, ref.removeprefix("refs/heads/")
    if ref.startswith("refs/tags/"):
        return Kind.TAG, ""
    return Kind.CHANGE, ""
