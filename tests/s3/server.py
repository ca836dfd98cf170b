"""moto's S3 on a free port of this machine, in memory; it asks for signatures and permissions as S3 does.

Says its port, a key and its secret, then takes words on standard input, each answered by a line:
`bucket NAME`, `versioned NAME`, `drop NAME`, `dump NAME FOLDER` (every object as a file), `stop`, `start`, `cut N` (the next
answers to a GET end after N bytes), `refuse N` (the next N requests end without an answer, after their body was taken). Ends with
its input.
"""

import json
import logging
import os
import sys
from threading import Thread

os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "0"
logging.disable(logging.CRITICAL)

from moto.core import DEFAULT_ACCOUNT_ID  # noqa: E402
from moto.iam.models import iam_backends  # noqa: E402
from moto.s3.models import s3_backends  # noqa: E402
from moto.server import DomainDispatcherApplication, create_backend_app  # noqa: E402
from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: E402


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_):
        pass


class Faulty:
    """Passes requests on, and breaks those that it is told to."""

    def __init__(self, app):
        self.app, self.refused, self.cut = app, 0, None

    def __call__(self, environ, start_response):
        if self.refused > 0:
            self.refused -= 1
            length = int(environ.get("CONTENT_LENGTH") or 0)
            environ["wsgi.input"].read(length // 2)
            environ["werkzeug.socket"].close()
            raise ConnectionAbortedError("as told")
        body = self.app(environ, start_response)
        if self.cut is None or environ["REQUEST_METHOD"] != "GET":
            return body
        return self.broken(b"".join(body), environ)

    def broken(self, whole, environ):
        yield whole[: self.cut]
        raise ConnectionAbortedError("as told")


def user():
    """A user who may do everything to buckets, and the key by which they sign."""
    iam = iam_backends[DEFAULT_ACCOUNT_ID]["aws"]
    iam.create_user("us-east-1", "siyi")
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    iam.put_user_policy("siyi", "all", json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    return iam.create_access_key("siyi")


buckets = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
key = user()
app = Faulty(DomainDispatcherApplication(create_backend_app))
port, server = 0, None


def start():
    global port, server
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    server.daemon_threads = True
    port = server.server_port
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()


def stop():
    server.shutdown()
    server.server_close()


def run(word, *rest):
    if word == "bucket":
        buckets.create_bucket(rest[0], "us-east-1")
    elif word == "versioned":
        buckets.put_bucket_versioning(rest[0], "Enabled")
    elif word == "drop":
        for name in list(buckets.get_bucket(rest[0]).keys):
            buckets.delete_object(rest[0], name)
        buckets.delete_bucket(rest[0])
    elif word == "dump":
        for number, (name, found) in enumerate(buckets.get_bucket(rest[0]).keys.items()):
            with open(os.path.join(rest[1], f"{number}-{name.replace('/', '-')}"), "wb") as file:
                file.write(found.value)
    elif word == "stop":
        stop()
    elif word == "start":
        start()
    elif word == "cut":
        app.cut = None if rest[0] == "none" else int(rest[0])
    elif word == "refuse":
        app.refused = int(rest[0])
    else:
        raise ValueError(word)


start()
print(port, key.access_key_id, key.secret_access_key, flush=True)
for line in sys.stdin:
    run(*line.split())
    print("done", flush=True)
