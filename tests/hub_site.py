"""A server on 127.0.0.1 that speaks as much of the Hugging Face Hub as its client asks for, and fails."""

import base64
import hashlib
import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "hf_ThisTokenIsKnownToTheTests"  # noqa: S105
READING = "hf_ThisTokenMayOnlyRead"
GITATTRIBUTES = b"*.npy filter=lfs diff=lfs merge=lfs -text\n"


@dataclass
class Repository:
    """The files of each commit, the newest last, and who may see them."""

    private: bool = False
    gated: bool = False
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)

    @property
    def newest(self):
        return list(self.commits)[-1]

    @property
    def files(self):
        return self.commits[self.newest]

    def commit(self, files):
        digest = hashlib.sha1(repr([len(self.commits), sorted(files)]).encode()).hexdigest()  # noqa: S324
        self.commits[digest] = files
        return digest


class Site:
    """What is stored and was asked, and how many of the next downloads end after `drop_after` bytes."""

    def __init__(self):
        self.repositories = {}
        self.objects = {}
        self.requests = []
        self.tokens = []
        self.served = Counter()
        self.drops, self.drop_after = 0, 1000
        self.fails_with = None  # a status for commits
        self.complaint = None  # about the header of a card
        self.nonsense = None  # in the place of facts about a repository

    def put(self, name, files, **facts):
        found = self.repositories.setdefault(name, Repository(**facts))
        found.commit({".gitattributes": GITATTRIBUTES, **files})
        return found


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._answer("GET")

    def do_HEAD(self):
        self._answer("HEAD")

    def do_POST(self):
        self._answer("POST")

    def do_PUT(self):
        self._answer("PUT")

    def _answer(self, method):
        site, path = self.server.site, unquote(urlsplit(self.path).path)
        site.requests.append(f"{method} {path}")
        authorization = self.headers.get("Authorization", "")
        self.token = authorization.removeprefix("Bearer ")
        site.tokens.append(self.token)
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = path.strip("/").split("/")
        if self.token not in ("", TOKEN, READING) and parts[0] != "objects":
            self.fail(401, message="Invalid credentials in Authorization header")
        elif parts[0] == "objects":
            self.store(parts[1])
        elif parts[:3] == ["api", "repos", "create"]:
            self.create()
        elif parts[:2] == ["api", "validate-yaml"]:
            found = [] if site.complaint is None else [{"message": site.complaint}]
            self.say({"errors": found, "warnings": []}, 400 if found else 200)
        elif parts[:2] in (["api", "models"], ["api", "datasets"]):
            self.model("/".join(parts[2:4]), parts[4:])
        elif parts[0] == "datasets" and parts[3:4] == ["resolve"]:
            self.resolve("/".join(parts[1:3]), parts[4], "/".join(parts[5:]))
        elif parts[2:3] == ["resolve"]:
            self.resolve("/".join(parts[:2]), parts[3], "/".join(parts[4:]))
        elif "info/lfs/objects/batch" in path:
            self.batch()
        else:
            self.fail(404, message="no such route")

    # ------------------------------------------------------------------ answers

    def say(self, value, status=200, **headers):
        self.send(json.dumps(value).encode(), status, **headers)

    def send(self, data, status=200, **headers):
        self.send_response(status)
        for name, content in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), content)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else data)

    def fail(self, status, code=None, message="no"):
        codes = {} if code is None else {"X_Error_Code": code}
        self.say({"error": message}, status, X_Error_Message=message, **codes)

    def seen(self, name):
        """The repository, or None once the client is told why not."""
        found = self.server.site.repositories.get(name)
        if found is None or (found.private and not self.token):
            self.fail(404 if self.token else 401, "RepoNotFound", "Repository not found")
            return None
        if found.gated:
            self.fail(403, "GatedRepo", "Access to this model is restricted")
            return None
        return found

    def may_write(self):
        if self.token == TOKEN:
            return True
        self.fail(403, message=f"{self.token} has no right to write")
        return False

    # ------------------------------------------------------------------ routes

    def create(self):
        wanted = json.loads(self.body)
        name = f"{wanted.get('organization')}/{wanted['name']}"
        known = name in self.server.site.repositories
        if not self.may_write():
            return
        if not known:
            self.server.site.put(name, {}, private=wanted.get("visibility") == "private")
        host = self.headers["Host"]
        self.say({"url": f"http://{host}/{name}", "name": name}, 409 if known else 200)

    def model(self, name, rest):
        found = self.seen(name)
        if found is None:
            return
        kind, revision = rest[0] if rest else "", "/".join(rest[1:])
        commit = found.newest if revision in ("", "main") else revision
        if commit not in found.commits:
            self.fail(404, "RevisionNotFound", "no such revision")
        elif self.server.site.nonsense is not None and kind in ("", "revision"):
            self.send(self.server.site.nonsense.encode())
        elif kind in ("", "revision"):
            siblings = [{"rfilename": path} for path in found.commits[commit]]
            self.say({"id": name, "sha": commit, "private": found.private, "siblings": siblings})
        elif kind == "tree":
            self.say([self.entry(path, data) for path, data in found.commits[commit].items()])
        elif kind == "paths-info":
            files = found.commits[commit]
            asked = parse_qs(self.body.decode())["paths"]
            self.say([self.entry(path, files[path]) for path in asked if path in files])
        elif kind == "preupload":
            self.preupload()
        elif kind == "commit":
            self.commit(name, found)

    def entry(self, path, data):
        facts = {"type": "file", "path": path, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}  # noqa: S324
        if path.endswith((".npy", ".safetensors")):
            facts["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 100}
        return facts

    def preupload(self):
        if not self.may_write():
            return
        answers = []
        for asked in json.loads(self.body)["files"]:
            is_large = asked["path"].endswith((".npy", ".safetensors"))
            mode = "lfs" if is_large else "regular"
            answers.append({"path": asked["path"], "uploadMode": mode, "shouldIgnore": False})
        self.say({"files": answers})

    def batch(self):
        host = self.headers["Host"]
        objects = [
            {**wanted, "actions": {"upload": {"href": f"http://{host}/objects/{wanted['oid']}"}}}
            for wanted in json.loads(self.body)["objects"]
        ]
        self.say({"transfer": "basic", "objects": objects})

    def store(self, oid):
        assert hashlib.sha256(self.body).hexdigest() == oid
        self.server.site.objects[oid] = self.body
        self.say({})

    def commit(self, name, found):
        if not self.may_write():
            return
        if self.server.site.fails_with:
            self.fail(self.server.site.fails_with, message=f"cannot commit for {self.token}")
            return
        files = dict(found.files)
        for line in self.body.splitlines():
            fact = json.loads(line)
            kind, value = fact["key"], fact["value"]
            if kind == "header":
                assert value.get("parentCommit") == found.newest
            elif kind == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif kind == "lfsFile":
                files[value["path"]] = self.server.site.objects[value["oid"]]
            elif kind == "deletedFile":
                del files[value["path"]]
        commit = found.commit(files)
        self.say({"commitUrl": f"http://{self.headers['Host']}/{name}/commit/{commit}", "commitOid": commit})

    def resolve(self, name, revision, path):
        site, found = self.server.site, self.seen(name)
        if found is None:
            return
        commit = found.newest if revision == "main" else revision
        data = found.commits[commit].get(path)
        if data is None:
            self.fail(404, "EntryNotFound", "no such file")
            return
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        self.send_response(206 if start else 200)
        self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
        self.send_header("X-Repo-Commit", commit)
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        if self.command == "HEAD":
            return
        site.served[path] += 1
        if site.drops:
            site.drops -= 1
            self.wfile.write(data[start : start + site.drop_after])
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()
            return
        self.wfile.write(data[start:])


def serve():
    """A running server with its `site` and `address`; `shutdown` ends it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.site = Site()
    server.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server
