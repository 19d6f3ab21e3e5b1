"""What one lab's nodes fetch from: Debian's docker-registry and nginx, at the gateway's address only."""

import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab import processes
from lab.errors import LabError
from lab.settings import HTTP_PORT, REGISTRY_PORT, Lab

START_WAIT = 10.0
POLL = 0.02

REGISTRY = """\
version: 0.1
log: {{level: warn, accesslog: {{disabled: true}}}}
storage:
  filesystem: {{rootdirectory: {root}}}
  maintenance: {{readonly: {{enabled: true}}, uploadpurging: {{enabled: false}}}}
  cache: {{blobdescriptor: inmemory}}
http: {{addr: "{address}:{port}"}}
"""
# One process: were the master killed, workers of its own would stay.
NGINX = """\
daemon off;
master_process off;
pid {state}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log {state}/logs/http-access.log;
    default_type application/octet-stream;
    sendfile on;
    client_body_temp_path {state}/tmp;
    proxy_temp_path {state}/tmp;
    fastcgi_temp_path {state}/tmp;
    uwsgi_temp_path {state}/tmp;
    scgi_temp_path {state}/tmp;
    server {{
        listen {address}:{port};
        root {root};
        autoindex on;
    }}
}}
"""


@dataclass(frozen=True)
class _Server:
    """One program: its role in the lab, its settings, the file they go to, and how it is started with it."""

    role: str
    settings: str
    config: Path
    command: tuple[str, ...]
    port: int


def start(lab: Lab, *, www: Path, registry: Path, hold: Mapping[Path, int]) -> None:
    """Have both programs run and answer; one that runs with other settings is started anew.

    They keep the descriptors of `hold` open: that is what keeps a lab's artifacts in the cache. Which these
    are is part of the settings. Raises LabError.
    """
    held = "".join(f"# in use: {path}\n" for path in hold)
    rules = held + REGISTRY.format(root=registry, address=lab.gateway, port=REGISTRY_PORT)
    config = lab.state / "registry.yml"
    descriptors = list(hold.values())
    _have(lab, _Server("registry", rules, config, ("docker-registry", "serve"), REGISTRY_PORT), descriptors)
    rules = held + NGINX.format(root=www, address=lab.gateway, port=HTTP_PORT, state=lab.state)
    config = lab.state / "nginx.conf"
    _have(lab, _Server("http", rules, config, ("nginx", "-e", "stderr", "-c"), HTTP_PORT), descriptors)


def _have(lab: Lab, server: _Server, hold: Sequence[int]) -> None:
    same = server.config.exists() and server.config.read_text() == server.settings
    if same and processes.running(lab.state, server.role):
        return
    processes.stop(lab.state, server.role)
    _refuse_taken(lab, server.port)
    server.config.write_text(server.settings)
    process = processes.start(lab.state, server.role, [*server.command, server.config], hold)
    wait(lab, server.role, server.port, process)


def _refuse_taken(lab: Lab, port: int) -> None:
    """Raise LabError if another program has the port, at this address or at all of them."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((lab.gateway, port))
            probe.listen(1)
        except OSError as error:
            raise LabError(
                f"port {port} of {lab.gateway} cannot be had ({error.strerror}), and the mirror needs it: "
                f"`ss -ltnp sport = :{port}` says who has it. End that, and run `invoke lab.up` again."
            ) from None


def wait(lab: Lab, role: str, port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when the process that was started as `role` answers at that port. Raises LabError."""
    deadline = time.monotonic() + START_WAIT
    while not answers(lab, port):
        if process.poll() is not None or time.monotonic() > deadline:
            log = processes.log_of(lab.state, role)
            last = ([*log.read_text().splitlines(), ""])[-1] or "it said nothing"
            raise LabError(
                f"the lab's {role} does not answer at {lab.gateway}:{port}: {last}\nIts log: {log}"
            )
        time.sleep(POLL)


def answers(lab: Lab, port: int) -> bool:
    """Returns whether something accepts connections at that port of the gateway."""
    try:
        socket.create_connection((lab.gateway, port), timeout=1).close()
    except OSError:
        return False
    return True
