"""What an application does with the Python client: `python_client.py MODULE URL`, where MODULE is kurrentdbclient or
esdbclient. Prints each thing that holds, and ends with 1 where one does not."""

import importlib
import sys
import threading
from uuid import uuid4

module, url = sys.argv[1:3]
library = importlib.import_module(module)
NewEvent, StreamState = library.NewEvent, library.StreamState
exceptions = importlib.import_module(f"{module}.exceptions")
Client = getattr(library, "KurrentDBClient", None) or library.EventStoreDBClient
# The class has had several names over the releases.
WrongVersion = getattr(exceptions, "WrongCurrentVersionError", None) or exceptions.WrongCurrentVersion
NotFound = getattr(exceptions, "NotFoundError", None) or exceptions.NotFound
Deleted = getattr(exceptions, "StreamIsDeletedError", None) or exceptions.StreamIsDeleted
client = Client(url)
count = 0


def holds(what, condition):
    global count
    if not condition:
        print(f"FAILED {module}: {what}")
        sys.exit(1)
    count += 1


def refused(what, error, call):
    try:
        call()
    except error:
        holds(what, True)
    except Exception as other:  # noqa: BLE001
        holds(f"{what}: {other!r}", False)
    else:
        holds(what, False)


def event(kind="OrderPlaced"):
    return NewEvent(type=kind, data=b'{"n": 1}', metadata=b'{"m": "2"}', id=uuid4())


stream = f"order-{uuid4()}"
one, two, three = event(), event(), event()
first = client.append_to_stream(stream, current_version=StreamState.NO_STREAM, events=[one])
second = client.append_to_stream(stream, current_version=0, events=[two, three])
holds("positions increase", second > first)
holds("a repeated append is answered as before", client.append_to_stream(stream, current_version=0, events=[two, three]) == second)
refused("a wrong version", WrongVersion, lambda: client.append_to_stream(stream, current_version=0, events=[event()]))
refused("a stream that is there", WrongVersion, lambda: client.append_to_stream(stream, current_version=StreamState.NO_STREAM, events=[event()]))
read = client.get_stream(stream)
holds("the events come back", [e.id for e in read] == [one.id, two.id, three.id])
holds("with their data", all(e.data == b'{"n": 1}' and e.metadata == b'{"m": "2"}' for e in read))
backwards = client.get_stream(stream, backwards=True, limit=2)
holds("backwards", [e.id for e in backwards] == [three.id, two.id])
refused("an unknown stream", NotFound, lambda: client.get_stream(str(uuid4())))
holds("the version", client.get_current_version(stream) == 2)
holds("the position", client.get_commit_position() == second)

everything = [e for e in client.read_all(commit_position=first)]
holds("all from a position on, inclusive", [e.id for e in everything][:3] == [one.id, two.id, three.id])
typed = client.read_all(commit_position=first, filter_include=["OrderPlaced"])
holds("a filter", all(e.type == "OrderPlaced" for e in typed))

with client.subscribe_to_stream(stream, stream_position=0) as following:
    seen = [next(following).id, next(following).id]
holds("a subscription is exclusive", seen == [two.id, three.id])

late = event("Late")
following = client.subscribe_to_all(commit_position=second)
threading.Timer(0.3, lambda: client.append_to_stream(stream, current_version=StreamState.ANY, events=[late])).start()
holds("a live event", next(following).id == late.id)
following.stop()

client.set_stream_metadata(stream, metadata={"$maxCount": 2})
holds("the metadata", client.get_stream_metadata(stream)[0] == {"$maxCount": 2})
holds("a stream is cut", len(client.get_stream(stream)) == 2)

client.delete_stream(stream, current_version=StreamState.ANY)
refused("a deleted stream", NotFound, lambda: client.get_stream(stream))
client.append_to_stream(stream, current_version=StreamState.NO_STREAM, events=[event()])
holds("a stream comes again behind its old events", client.get_stream(stream)[0].stream_position == 4)
client.tombstone_stream(stream, current_version=StreamState.ANY)
refused("a stream with a tombstone", Deleted, lambda: client.get_stream(stream))
refused("an append to it", Deleted, lambda: client.append_to_stream(stream, current_version=StreamState.ANY, events=[event()]))

source, group = f"work-{uuid4()}", f"group-{uuid4()}"
work = [event() for _ in range(5)]
client.append_to_stream(source, current_version=StreamState.ANY, events=work)
client.create_subscription_to_stream(group, source, from_end=False)
consumer = client.read_subscription_to_stream(group, source)
got = []
for item in consumer:
    got.append(item.id)
    if len(got) == 2:
        consumer.nack(item, "park")
    else:
        consumer.ack(item)
    if len(got) == 5:
        consumer.stop()
holds("a persistent subscription", sorted(got) == sorted(e.id for e in work))
holds("its description", client.get_subscription_info(group, source).group_name == group)
holds("the list", group in [s.group_name for s in client.list_subscriptions()])
client.replay_parked_events(group, source)
consumer = client.read_subscription_to_stream(group, source)
for item in consumer:
    holds("a parked event comes again", item.id in [e.id for e in work])
    consumer.ack(item)
    consumer.stop()
client.delete_subscription(group, source)
refused("a deleted subscription", NotFound, lambda: client.get_subscription_info(group, source))
holds("gossip", [m.state for m in client.read_gossip()] == ["NODE_STATE_LEADER"])

if hasattr(client, "multi_append_to_stream"):
    NewEvents = library.NewEvents
    a, b = f"a-{uuid4()}", f"b-{uuid4()}"
    client.multi_append_to_stream(
        [
            NewEvents(stream_name=a, events=[event()], current_version=StreamState.NO_STREAM),
            NewEvents(stream_name=b, events=[event(), event()], current_version=StreamState.NO_STREAM),
        ]
    )
    holds("an append over two streams", (len(client.get_stream(a)), len(client.get_stream(b))) == (1, 2))
    refused(
        "all or nothing",
        WrongVersion,
        lambda: client.multi_append_to_stream(
            [
                NewEvents(stream_name=a, events=[event()], current_version=0),
                NewEvents(stream_name=b, events=[event()], current_version=0),
            ]
        ),
    )
    holds("nothing of it", len(client.get_stream(a)) == 1)

if hasattr(client, "append_records"):
    NewRecord, Check = library.NewRecord, library.StreamStateCheck
    c, d = f"c-{uuid4()}", f"d-{uuid4()}"
    record = lambda stream: NewRecord(stream_name=stream, type="R", data=b"{}", id=uuid4())
    client.append_records([record(c), record(d), record(c)], [Check(stream_name=a, expected_state=0)])
    holds("records in any order", (len(client.get_stream(c)), len(client.get_stream(d))) == (2, 1))
    refused(
        "a check that does not hold",
        exceptions.ConsistencyChecksFailedError,
        lambda: client.append_records([record(c)], [Check(stream_name=a, expected_state=7)]),
    )

client.close()
print(f"{module}: {count} things hold")
