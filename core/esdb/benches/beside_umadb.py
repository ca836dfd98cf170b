"""Drives UmaDB by its own client: told `append CLIENTS EVENTS` or `read` line by line, answers events for each second.

Each client appends to a tag of its own, one event of 400 bytes at a time, on the condition that nobody else appended to it
since its last one: what an expected revision is to a stream. The server runs with what it does by default, so each append
is on the disk before it is answered.
"""
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import umadb


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connect(url):
    for _ in range(100):
        try:
            client = umadb.Client(url)
            client.head()
            return client
        except umadb.TransportError:
            time.sleep(0.1)
    sys.exit("UmaDB does not answer")


def append_one_after_the_other(client, events):
    tag, last = f"stream-{uuid4()}", None
    query = umadb.Query(items=[umadb.QueryItem(types=[], tags=[tag])])
    for _ in range(events):
        event = umadb.Event(event_type="Measured", data=b"x" * 400, tags=[tag], uuid=uuid4())
        last = client.append([event], umadb.AppendCondition(fail_if_events_match=query, after=last))


def append(client, clients, events):
    with ThreadPoolExecutor(clients) as pool:
        began = time.perf_counter()
        # A failure of one fails the measurement.
        for appended in [pool.submit(append_one_after_the_other, client, events) for _ in range(clients)]:
            appended.result()
        return clients * events / (time.perf_counter() - began)


def fill(client, events):
    for first in range(0, events, 1000):
        group = [
            umadb.Event(event_type="Measured", data=b"x" * 400, tags=[f"stream-{first}"], uuid=uuid4())
            for _ in range(1000)
        ]
        client.append(group)
    return events


def read(client):
    began, count = time.perf_counter(), 0
    for _ in client.read():
        count += 1
    return count / (time.perf_counter() - began)


def main():
    folder, port = tempfile.mkdtemp(dir=sys.argv[1]), free_port()
    program = Path(sys.executable).with_name("umadb")
    address = f"127.0.0.1:{port}"
    server = subprocess.Popen([program, "--listen", address, "--db-path", folder], stdout=subprocess.DEVNULL)
    try:
        client = connect(f"http://{address}")
        for line in sys.stdin:
            word, *numbers = line.split()
            answer = {"append": append, "fill": fill, "read": read}[word](client, *map(int, numbers))
            print(answer, flush=True)
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder)


main()
