"""Fills the templates of configs/: same features for every peer."""
import dataclasses
import pathlib
import re

TEMPLATES = pathlib.Path(__file__).resolve().parent.parent / "configs"


@dataclasses.dataclass(frozen=True)
class Settings:
    """What one peer is started with."""
    port: int
    admin_port: int
    backend_port: int
    workdir: pathlib.Path
    access_log: bool = True
    # 0: one catch-all route; else that many prefixes /r00000/, /r00001/, ...
    routes: int = 0
    files: int = 20000

    @property
    def connections(self):
        """Client connections that fit: each may have one upstream beside it."""
        return (self.files - 200) // 2

    @property
    def access_log_path(self):
        return self.workdir / "access.log"


def route_prefixes(count):
    return [f"/r{i:05d}/" for i in range(count)] or ["/"]


def fill(template, **values):
    """The text of a template with its @NAME@s replaced."""
    text = (TEMPLATES / template).read_text()
    filled = re.sub(r"@([A-Z_]+)@", lambda m: str(values[m.group(1)]), text)
    return filled


def nginx(s):
    locations = "\n".join(f"        location {p} {{ proxy_pass http://backend; }}"
                          for p in route_prefixes(s.routes))
    log = f"{s.access_log_path} json buffer=64k flush=1s" if s.access_log else "off"
    return fill("nginx.conf", PORT=s.port, ADMIN_PORT=s.admin_port, BACKEND_PORT=s.backend_port,
                 CONNECTIONS=s.connections, FILES=s.files, ACCESS_LOG=log, ROUTES=locations)


def haproxy(s):
    if s.routes == 0:
        routes = "    default_backend backend"
    else:
        routes = (f"    use_backend %[path,map_beg({haproxy_map_path(s)},none)]\n"
                  "    default_backend none")
    return fill("haproxy.cfg", PORT=s.port, ADMIN_PORT=s.admin_port, BACKEND_PORT=s.backend_port,
                 CONNECTIONS=s.connections, ROUTES=routes,
                 LOG_TARGET="log stdout len 4096 format raw local0" if s.access_log else "",
                 LOG="log global" if s.access_log else "")


def haproxy_map_path(s):
    return s.workdir / "routes.map"


def haproxy_map(s):
    """HAProxy's fast way for many routes is a map, not a list of rules."""
    return "".join(f"{p} backend\n" for p in route_prefixes(s.routes))


def envoy(s):
    """The bootstrap of Envoy and of Sluice."""
    routes = "\n".join(f'              - match: {{prefix: "{p}"}}\n'
                       "                route: {cluster: backend}"
                       for p in route_prefixes(s.routes))
    log = ""
    if s.access_log:
        log = fill("envoy_access_log.yaml", ACCESS_LOG_PATH=s.access_log_path).rstrip("\n")
    return fill("envoy.yaml", PORT=s.port, ADMIN_PORT=s.admin_port,
                 BACKEND_PORT=s.backend_port, ACCESS_LOG=log, ROUTES=routes)
