"""A real browser, spoken to through a pipe: it listens on no port."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
    "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
    "--disable-dev-shm-usage", "--remote-debugging-pipe",
)  # fmt: skip
PATIENCE = 60  # seconds for one answer


def _high(descriptor: int) -> int:
    """Move a descriptor out of the way of 3 and 4."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return moved


class Browser:
    """Headless Chromium with one tab."""

    def __init__(self, program: str, profile: Path) -> None:
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        theirs_in, theirs_out = _high(theirs_in), _high(theirs_out)
        self._in, self._out = ours_in, ours_out
        self._held = b""
        self._number = 0
        self.events: list[dict] = []
        self._log = (profile / "stderr").open("wb")
        self.process = subprocess.Popen(
            [
                "/bin/bash", "-c",  # sh knows descriptors of one digit only
                f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}',
                program, *FLAGS, f"--user-data-dir={profile}", "about:blank",
            ],
            pass_fds=(theirs_in, theirs_out),
            stderr=self._log,
            stdout=self._log,
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        self._session = None
        target = next(
            found["targetId"]
            for found in self.call("Target.getTargets")["targetInfos"]
            if found["type"] == "page"
        )
        self._session = self.call(
            "Target.attachToTarget", targetId=target, flatten=True
        )["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Security"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params) -> dict:
        """Call a method of the protocol and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data) :]
        answer = self._until(lambda got: got.get("id") == self._number)
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def _until(self, wanted) -> dict:
        deadline = time.monotonic() + PATIENCE
        while True:
            while b"\0" in self._held:
                data, _, self._held = self._held.partition(b"\0")
                message = json.loads(data)
                if "method" in message:
                    self.events.append(message)
                if wanted(message):
                    return message
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self._in], [], [], max(0, left))
            assert ready, "the browser does not answer"
            data = os.read(self._in, 1 << 20)
            assert data, "the browser has gone"
            self._held += data

    def open(
        self,
        page: Path | str,
        *,
        width: int = 1280,
        dark: bool = False,
        media: str = "screen",
        fragment: str = "",
        script: bool = True,
    ) -> None:
        """Show a page, a file or an address, and wait for its load."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=800,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = "dark" if dark else "light"
        self.call(
            "Emulation.setEmulatedMedia",
            media=media,
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )
        self.call("Emulation.setScriptExecutionDisabled", value=not script)
        self.call("Page.navigate", url="about:blank")
        self._until(lambda got: got.get("method") == "Page.loadEventFired")
        self.events.clear()
        url = page.as_uri() if isinstance(page, Path) else page
        self.call("Page.navigate", url=url + fragment)
        if not self.seen("Page.loadEventFired"):
            self._until(lambda got: got.get("method") == "Page.loadEventFired")

    def seen(self, method: str) -> list[dict]:
        """Return the parameters of events of this name since ``open``."""
        return [
            event["params"]
            for event in self.events
            if event["method"] == method
        ]

    def evaluate(self, expression: str):
        """Return the value of an expression in the page."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def screenshot(self, whole: bool = True) -> bytes:
        """Return a picture of the page as PNG."""
        answer = self.call(
            "Page.captureScreenshot", captureBeyondViewport=whole
        )
        return base64.b64decode(answer["data"])

    def pdf(self) -> bytes:
        """Return the page as it is printed."""
        answer = self.call("Page.printToPDF", printBackground=True)
        return base64.b64decode(answer["data"])

    def press(self, key: str, code: int) -> None:
        """Press and release a key."""
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=code,
            )

    def close(self) -> None:
        """End the browser and all that it started; see that it is gone."""
        os.close(self._out)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self._in)
        self._log.close()


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """A browser for all tests; a machine without one fails them."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.fail("chromium is not installed: apt-get install chromium")
    browser = Browser(program, tmp_path_factory.mktemp("browser"))
    yield browser
    browser.close()
