"""The files in deploy/, looked at by the tools they are for, where the machine has them."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from bot.settings import Settings
from tests.system.program import ROOT

UNIT = ROOT / "deploy/domov.service"
EXPOSED = 2.0
"""What the unit may be rated at most, of 10 (systemd-analyze security)."""


def test_the_unit_gives_the_service_as_little_as_it_can() -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("there is no systemd here")
    done = subprocess.run(
        [tool, "security", "--offline=true", "--no-pager", str(UNIT)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    if "offline" in done.stderr:
        pytest.skip("this systemd looks at units only where they run")
    found = re.search(r"exposure level for domov\.service: ([\d.]+)", done.stdout)
    assert found is not None, done.stdout + done.stderr
    assert float(found[1]) <= EXPOSED


def test_the_unit_sets_what_there_is_to_set() -> None:
    text = UNIT.read_text(encoding="utf-8")
    names = set(re.findall(r"^Environment=([A-Z_]+)=", text, re.MULTILINE))
    known = {name.upper() for name in Settings.model_fields}
    assert names - known == {"PYTHONDONTWRITEBYTECODE"}
    for line in ("UMask=0077", "StateDirectory=domov", "StartLimitBurst=5", "Restart=on-failure"):
        assert f"\n{line}\n" in text
