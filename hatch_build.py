"""Bundle the front end whenever the package is installed or built, editable or not."""

import subprocess
import sys
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEnd(BuildHookInterface):
    def initialize(self, version: str, build_data: dict) -> None:
        script = Path(self.root, "src/interview/frontend/build.py")
        subprocess.run([sys.executable, script], check=True)
