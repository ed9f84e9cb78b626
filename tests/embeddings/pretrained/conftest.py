"""A server on 127.0.0.1 that speaks https with a certificate of a CA made for the tests, and misbehaves."""

import contextlib
import shutil
import ssl
import subprocess
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from wordlab.embeddings.pretrained import installed


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make_authority(folder, name):
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign")  # fmt: skip


def make_certificate(folder, name, authority, host):
    openssl(folder, "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=a server", "-keyout", f"{name}.key", "-out", f"{name}.csr")  # fmt: skip
    (folder / f"{name}.ext").write_text(
        f"subjectAltName={host}\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n"
    )
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey",
            f"{authority}.key", "-CAcreateserial", "-days", "2", "-extfile", f"{name}.ext",
            "-out", f"{name}.pem")  # fmt: skip


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    """good, other_host, other_authority: each NAME.pem and NAME.key; `ours.pem` is what is trusted."""
    if shutil.which("openssl") is None:
        pytest.skip("the openssl program, which makes the certificates, is not installed")
    folder = tmp_path_factory.mktemp("certificates")
    make_authority(folder, "ours")
    make_authority(folder, "theirs")
    make_certificate(folder, "good", "ours", "IP:127.0.0.1")
    make_certificate(folder, "other_host", "ours", "DNS:example.org")
    make_certificate(folder, "other_authority", "theirs", "IP:127.0.0.1")
    return folder


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        site = self.server.site
        site.requests.append(dict(self.headers))
        act = site.acts.popleft() if site.acts else site.act
        act(self, site)

    def log_message(self, *_):
        pass

    def say(self, status, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def hang_up(self):
        self.wfile.flush()
        self.close_connection = True


class Site:
    """What is served, what was asked, and how the next requests are answered."""

    def __init__(self):
        self.content = bytes(range(256)) * 2000
        self.etag = '"one"'
        self.requests = []
        self.acts = deque()
        self.act = honest
        self.over = threading.Event()


def wanted_start(handler, site):
    asked = handler.headers.get("Range")
    condition = handler.headers.get("If-Range")
    if asked is None or (condition is not None and condition != site.etag):
        return 0
    return int(asked.removeprefix("bytes=").removesuffix("-"))


def begin(handler, site, start, *, length=None):
    total = len(site.content)
    headers = {"Content_Length": (total if length is None else length) - start}
    if site.etag:
        headers["ETag"] = site.etag
    if start:
        handler.say(206, Content_Range=f"bytes {start}-{total - 1}/{total}", **headers)
    else:
        handler.say(200, **headers)


def honest(handler, site):
    start = wanted_start(handler, site)
    if start >= len(site.content):
        handler.say(416, Content_Range=f"bytes */{len(site.content)}", Content_Length=0)
        return
    begin(handler, site, start)
    handler.wfile.write(site.content[start:])


def drops(num_bytes):
    """Promises all, sends `num_bytes` and closes the connection."""

    def act(handler, site):
        start = wanted_start(handler, site)
        begin(handler, site, start)
        handler.wfile.write(site.content[start : start + num_bytes])
        handler.hang_up()

    return act


def stalls(num_bytes):
    """Sends `num_bytes` and then nothing, with the connection open."""

    def act(handler, site):
        start = wanted_start(handler, site)
        begin(handler, site, start)
        handler.wfile.write(site.content[start : start + num_bytes])
        handler.wfile.flush()
        site.over.wait(10)
        handler.hang_up()

    return act


def drip(handler, site, data):
    """Sends a byte every twentieth of a second, until the client hangs up."""
    with contextlib.suppress(OSError):
        for at in range(len(data)):
            handler.wfile.write(data[at : at + 1])
            handler.wfile.flush()
            if site.over.wait(0.05):
                break
    handler.close_connection = True


def drips_body(handler, site):
    begin(handler, site, wanted_start(handler, site))
    drip(handler, site, site.content)


def drips_headers(handler, site):
    drip(handler, site, b"HTTP/1.1 200 OK\r\nX-Long: " + 1000 * b"x")


def drips_chunks(handler, site):
    handler.say(200, Transfer_Encoding="chunked", ETag=site.etag)
    drip(handler, site, 1000 * b"1\r\nx\r\n")


def answers_length(length):
    """Says this of its length, whatever it is."""

    def act(handler, site):
        handler.say(200, Content_Length=length)
        handler.hang_up()

    return act


def knows_no_ranges(handler, site):
    begin(handler, site, 0)
    handler.wfile.write(site.content)


def knows_no_conditions(handler, site):
    """Sends the part that is asked for, whatever the version."""
    start = int(handler.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
    begin(handler, site, start)
    handler.wfile.write(site.content[start:])


def answers(status, **headers):
    def act(handler, site):
        handler.say(status, Content_Length=0, **headers)

    return act


def promises(length):
    """Says `length` bytes, whatever comes."""

    def act(handler, site):
        begin(handler, site, 0, length=length)
        handler.wfile.write(site.content)
        handler.hang_up()

    return act


def tells_no_length(handler, site):
    handler.say(200, Connection="close")
    handler.wfile.write(site.content)
    handler.hang_up()


def in_chunks(*, whole):
    def act(handler, site):
        handler.say(200, Transfer_Encoding="chunked")
        for start in range(0, len(site.content), 100_000):
            data = site.content[start : start + 100_000]
            handler.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        if whole:
            handler.wfile.write(b"0\r\n\r\n")
        handler.hang_up()

    return act


@pytest.fixture
def serve(certificates, monkeypatch):
    """serve(certificate) -> (address, Site); the CA is trusted as a company's own would be."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates / "ours.pem"))
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    servers = []

    def start(certificate="good"):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # a client that hangs up is part of the game
        server.site = Site()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / f"{certificate}.pem", certificates / f"{certificate}.key")
        # The handshake belongs to the thread of the connection, or a bad client would stop the server.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return f"https://127.0.0.1:{server.server_port}", server.site

    yield start
    for server in servers:
        server.site.over.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def site(serve):
    """(address of a file, its Site) on an honest server; say what it is to do instead."""
    address, found = serve()
    return f"{address}/data/vectors.zip", found


@pytest.fixture
def nothing_installed(monkeypatch):
    monkeypatch.setattr(installed, "_LAYOUTS", {})


@pytest.fixture
def wait():
    def until(condition, seconds=5):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end
            time.sleep(0.01)

    return until
