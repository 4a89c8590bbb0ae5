"""The task: a change's migrations on real data, and what they do to it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

from turbo_hipster import exceptions, model, task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.exceptions import RequirementsRefused
from turbo_hipster_databases.migration_tool import Project
from turbo_hipster_databases.projects.changed import Change
from turbo_hipster_databases.projects.surrounding import Surrounding
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_real_db_upgrade import lane, shown
from turbo_hipster_real_db_upgrade.cases import cases
from turbo_hipster_real_db_upgrade.climbing.climb import Climbed
from turbo_hipster_real_db_upgrade.climbing.layers import Layers
from turbo_hipster_real_db_upgrade.climbing.rungs import Rung
from turbo_hipster_real_db_upgrade.ground import Ground
from turbo_hipster_real_db_upgrade.judging import limits_file
from turbo_hipster_real_db_upgrade.judging.judge import Judge
from turbo_hipster_real_db_upgrade.judging.limits import Allowed
from turbo_hipster_real_db_upgrade.judging.limits_file import LimitsFile
from turbo_hipster_real_db_upgrade.judging.pointing import Findings
from turbo_hipster_real_db_upgrade.options import OPTIONS, refuse_unusable
from turbo_hipster_real_db_upgrade.remembering import Memory
from turbo_hipster_real_db_upgrade.words import Case

ENVIRONMENT = "environment"
MIB = 2**20


class RealDbUpgrade(task.Task):
    """Run a change's migrations on copies of real datasets."""

    options = OPTIONS

    @classmethod
    def check(cls, options: SimpleNamespace) -> None:
        """Raise InvalidJob if the section's options cannot work."""
        refuse_unusable(options)

    def run(self, context: task.TaskContext) -> model.Result:
        """Judge the change."""
        with (
            Servers(
                context,
                server_user=self.settings.server_user,
                memory=self.settings.memory * MIB,
            ) as servers,
            Memory(context, self.settings.history) as memory,
        ):
            return self._judge(context, servers, memory)

    def _judge(
        self, context: task.TaskContext, servers: Servers, memory: Memory
    ) -> model.Result:
        shown.begin(context)
        found = cases(
            context,
            servers,
            Path(self.settings.datasets_dir),
            self.settings.engines,
        )
        steps = [step for case in found for step in lane.planned(str(case))]
        context.plan([ENVIRONMENT, *steps])
        tool = plugins.tool(self.settings.tool)()
        names = sorted({case.engine for case in found})
        surrounding = Surrounding(
            context,
            self.settings,
            tool,
            [plugins.engine(name) for name in names],
        )
        with context.step(ENVIRONMENT) as step:
            try:
                project = surrounding.project(context.workspace)
            except RequirementsRefused as error:
                step.fail()
                return model.Result.failure(
                    f"The environment cannot be made: {error}"
                )
        over = threading.Event()
        grounds = [
            self._ground(context, servers, case, project, over)
            for case in found
        ]
        filed = self.settings.limits
        findings = Findings(context)
        climbs = self._lanes(
            grounds,
            surrounding,
            memory,
            limits_file.read(Path(filed)) if filed else None,
            findings,
        )
        shown.datasets(context, climbs, memory.calibration)
        shown.migrations(context, climbs, memory.usual)
        said = list(_done(climbs))
        if findings.worst:
            return model.Result.failure(findings.worst, *said)
        return model.Result.success(*said)

    def _ground(
        self,
        context: task.TaskContext,
        servers: Servers,
        case: Case,
        project: Project,
        over: threading.Event,
    ) -> Ground:
        engine = plugins.engine(case.engine)
        return Ground(
            context=context,
            settings=self.settings,
            case=case,
            engine=engine,
            servers=servers,
            layers=Layers(servers, engine, case.release),
            tool=plugins.tool(self.settings.tool)(),
            project=project,
            over=over,
        )

    def _lanes(
        self,
        grounds: Sequence[Ground],
        surrounding: Surrounding,
        memory: Memory,
        filed: LimitsFile | None,
        findings: Findings,
    ) -> Mapping[Case, Climbed]:
        """Work on the cases, several at a time.

        Each has its own verdict; when a dataset cannot be judged on, the
        others are judged before that is said.
        """
        context = grounds[0].context
        change = Change(context, "change")
        settings = self.settings
        key = json.dumps(
            [settings.tool, settings.tool_options, settings.prepare]
        )
        rungs: dict[str, Rung] = {}

        def work(ground: Ground) -> Climbed | None:
            case = ground.case
            allowed = Allowed(case, memory.of(case), filed)

            def remember(climbed: Climbed) -> None:
                memory.show(case, climbed, allowed)
                memory.remember(case, climbed, allowed)

            return lane.run(
                ground,
                [rungs[ref] for ref in self._ladder(case)],
                change.judged,
                Judge(findings, case, allowed),
                remember,
            )

        for ground in grounds:
            for ref in self._ladder(ground.case):
                if ref not in rungs:
                    rungs[ref] = Rung(context, ref, surrounding, key)
        most = min(self.settings.parallel, len(grounds))
        climbs: dict[Case, Climbed] = {}
        unjudged: list[exceptions.CannotJudge] = []
        with ThreadPoolExecutor(most, "dataset") as pool:
            futures = [(one, pool.submit(work, one)) for one in grounds]
            try:
                for ground, future in futures:
                    try:
                        climbed = future.result()
                    except exceptions.CannotJudge as error:
                        unjudged.append(error)
                        continue
                    if climbed is not None:
                        climbs[ground.case] = climbed
            finally:  # also when the build is told to end
                for ground, future in futures:
                    ground.over.set()
                    future.cancel()
        if unjudged:
            shown.migrations(context, climbs)
            raise unjudged[0]
        return climbs

    def _ladder(self, case: Case) -> Sequence[str]:
        refs: Sequence[str] = self.settings.ladder or case.dataset.ladder
        return refs


def _done(climbs: Mapping[Case, Climbed]) -> Iterator[str]:
    """Yield what was done, for people; nothing where nothing could be."""
    if climbs:
        judged = {took.step for one in climbs.values() for took in one.new}
        yield (
            f"{len(judged)} migration{'' if len(judged) == 1 else 's'} judged "
            f"on {', '.join(map(str, climbs))}"
        )
