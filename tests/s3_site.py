"""A server on 127.0.0.1 that speaks S3's protocol, and what a test does with its bucket."""

import logging
import os

BUCKET = "bucket"


class Store:
    """The files in a bucket of the server, by their keys."""

    def __init__(self, address):
        import fsspec

        self.address = address
        self._files = fsspec.filesystem("s3", use_listings_cache=False)
        self._files.mkdir(BUCKET)

    def put(self, key, content):
        """The URL of a new file."""
        self._files.pipe_file(f"{BUCKET}/{key}", content if isinstance(content, bytes) else content.encode())
        return f"s3://{BUCKET}/{key}"

    def get(self, key):
        return self._files.cat_file(f"{BUCKET}/{key}")

    def remove(self, key):
        self._files.rm_file(f"{BUCKET}/{key}")

    def upload(self, directory, key):
        """The URL of a folder with the files of a directory."""
        for path in directory.iterdir():
            self.put(f"{key}/{path.name}", path.read_bytes())
        return f"s3://{BUCKET}/{key}"

    def names(self, key=""):
        """All keys below a folder, without it."""
        folder = f"{BUCKET}/{key}".rstrip("/")
        return sorted(name[len(folder) + 1 :] for name in self._files.find(folder))


def serve():
    """The server and its address; it is told to the client by the environment."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    return server, f"http://{host}:{port}"


def environment(address):
    """What tells S3's clients where the server is, and who asks."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "ann",
        "AWS_SECRET_ACCESS_KEY": "ThisSecretIsKnownToTheTests",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
