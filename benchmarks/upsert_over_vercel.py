"""The same upserts on `@vercel/cosmosdb-server`, the community's server for Node: CPU each, all threads counted.

It runs as comparably as it can: without TLS, on connections that stay open (its command line would close each after
one answer), with `NODE_ENV=production`. It checks no signature and keeps no log; ours does both.
"""

import http.client
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from benchmarks.claims import Claim, NotMeasured, Ratio, alternating, median_ratio
from benchmarks.load import load
from benchmarks.programs import Program, cosmos, listening
from benchmarks.requests import CONTAINER, DATABASE, created, text, upserts

PACKAGE: Final = "@vercel/cosmosdb-server@1.0.1"
FOLDER: Final = Path(".bench/vercel")
PROGRAM: Final = """
const server = require("@vercel/cosmosdb-server").createHttpServer();
server.keepAliveTimeout = 600000;
server.listen(0, "127.0.0.1", () => console.log("listening on http://127.0.0.1:" + server.address().port));
"""
DOCUMENTS: Final = 1600
ROUNDS: Final = 9
INSTALL_SECONDS: Final = 120


def installed() -> bool:
    """Into a folder of the checkout that git does not see; once."""
    if (FOLDER / "node_modules" / "@vercel").exists():
        return True
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return False
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--prefix", str(FOLDER), "--no-audit", "--no-fund", "--loglevel=error", PACKAGE]
    try:
        return subprocess.run(command, check=False, stdout=subprocess.DEVNULL, timeout=INSTALL_SECONDS).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def vercel() -> tuple[str, ...]:
    return ("node", "-e", PROGRAM)


def provide(program: Program) -> None:
    """The database and the container, over plain HTTP."""
    key = {"paths": ["/pk"], "kind": "Hash"}
    post(program, "/dbs", {"id": DATABASE})
    post(program, f"/dbs/{DATABASE}/colls", {"id": CONTAINER, "partitionKey": key})


def post(program: Program, path: str, content: object) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=60)
    connection.request("POST", path, text(content), {"content-type": "application/json"})
    assert connection.getresponse().status == http.client.CREATED
    connection.close()


def measure() -> Ratio | NotMeasured:
    if not installed():
        return NotMeasured("node and npm, and a registry to install from")
    environ = {**os.environ, "NODE_ENV": "production", "NODE_PATH": str((FOLDER / "node_modules").resolve())}
    with listening(cosmos("--ranges", "1")) as server, listening(vercel(), environ) as other:
        requests = upserts(created(server.url), DOCUMENTS)
        provide(other)
        with load(server) as ours, load(other) as theirs:
            pairs = alternating(ROUNDS, lambda: ours.cpu_seconds(requests), lambda: theirs.cpu_seconds(requests))
    mine, others = (ROUNDS * DOCUMENTS / sum(side) for side in zip(*pairs, strict=True))
    return Ratio(median_ratio(pairs), 0.5, f"{mine:,.0f} upserts a core-second, {others:,.0f} by {PACKAGE}")


UPSERT_OVER_VERCEL = Claim("upsert-over-vercel", "an upsert costs at most half of what Vercel's server takes", measure)
