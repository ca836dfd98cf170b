// What an application does with a client for Node: `node_client.mjs PACKAGE URL`. Prints how many things hold, and ends
// with 1 where one does not.
import { createRequire } from "node:module";
import { randomUUID } from "node:crypto";

const [name, url] = process.argv.slice(2);
const library = createRequire(process.env.FACE_NODE)(name);
const { jsonEvent, START, END, FORWARDS, BACKWARDS, NO_STREAM, ANY } = library;
const Client = library.KurrentDBClient ?? library.EventStoreDBClient;
const client = Client.connectionString(url);
let count = 0;

const holds = (what, condition) => {
  if (!condition) {
    console.log(`FAILED ${name}: ${what}`);
    process.exit(1);
  }
  count += 1;
};
const refused = async (what, kind, call) => {
  let error;
  try {
    await call();
  } catch (caught) {
    error = caught;
  }
  holds(`${what}: ${error}`, error !== undefined && error.type === kind);
};
const collect = async (events) => {
  const all = [];
  for await (const event of events) all.push(event);
  return all;
};
const event = (type = "OrderPlaced") => jsonEvent({ id: randomUUID(), type, data: { n: 1 }, metadata: { m: 2 } });
const ids = (events) => events.map((resolved) => resolved.event.id).join();
const stateOption = library.KurrentDBClient ? "streamState" : "expectedRevision";
const state = (value) => ({ [stateOption]: value });

const stream = `order-${randomUUID()}`;
const [one, two, three] = [event(), event(), event()];
const first = await client.appendToStream(stream, [one], state(NO_STREAM));
const second = await client.appendToStream(stream, [two, three], state(0n));
holds("revisions count on", first.nextExpectedRevision === 0n && second.nextExpectedRevision === 2n);
const again = await client.appendToStream(stream, [two, three], state(0n));
holds("a repeated append is answered as before", again.position.commit === second.position.commit);
await refused("a wrong version", "wrong-expected-version", () => client.appendToStream(stream, [event()], state(0n)));
const read = await collect(client.readStream(stream, { fromRevision: START, direction: FORWARDS }));
holds("the events come back", ids(read) === [one.id, two.id, three.id].join());
holds("with data and metadata", read[0].event.data.n === 1 && read[0].event.metadata.m === 2);
const back = await collect(client.readStream(stream, { fromRevision: END, direction: BACKWARDS, maxCount: 2 }));
holds("backwards", ids(back) === [three.id, two.id].join());
await refused("an unknown stream", "stream-not-found", () => collect(client.readStream(randomUUID())));
const all = await collect(client.readAll({ fromPosition: first.position, direction: FORWARDS, maxCount: 3 }));
holds("all from a position on", ids(all) === [one.id, two.id, three.id].join());

const following = client.subscribeToStream(stream, { fromRevision: 0n });
const seen = [];
for await (const resolved of following) {
  seen.push(resolved.event.id);
  if (seen.length === 2) await client.appendToStream(stream, [event("Late")], state(ANY));
  if (seen.length === 3) break;
}
holds("a subscription, exclusive and live", seen.slice(0, 2).join() === [two.id, three.id].join());
await following.unsubscribe();

const filter = library.eventTypeFilter({ prefixes: ["Late"] });
const filtered = client.subscribeToAll({ fromPosition: START, filter });
for await (const resolved of filtered) {
  holds("a filter", resolved.event.type === "Late");
  break;
}
await filtered.unsubscribe();

await client.setStreamMetadata(stream, { maxCount: 2 });
const metadata = await client.getStreamMetadata(stream);
holds("the metadata", metadata.metadata.maxCount === 2);
await client.deleteStream(stream);
await refused("a deleted stream", "stream-not-found", () => collect(client.readStream(stream)));
await client.appendToStream(stream, [event()], state(NO_STREAM));
await client.tombstoneStream(stream);
await refused("a stream with a tombstone", "stream-deleted", () => collect(client.readStream(stream)));

const [source, group] = [`work-${randomUUID()}`, `group-${randomUUID()}`];
const work = [event(), event(), event()];
await client.appendToStream(source, work, state(ANY));
const settings = library.persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: START });
await client.createPersistentSubscriptionToStream(source, group, settings);
const consumer = client.subscribeToPersistentSubscriptionToStream(source, group);
const got = [];
for await (const resolved of consumer) {
  got.push(resolved.event.id);
  await consumer.ack(resolved);
  if (got.length === 3) break;
}
holds("a persistent subscription", got.sort().join() === work.map((e) => e.id).sort().join());
await consumer.unsubscribe();
const info = await client.getPersistentSubscriptionToStreamInfo(source, group);
holds("its description", info.groupName === group);
await client.deletePersistentSubscriptionToStream(source, group);

if (client.multiStreamAppend) {
  const [a, b] = [`a-${randomUUID()}`, `b-${randomUUID()}`];
  const plain = () => jsonEvent({ id: randomUUID(), type: "R", data: { n: 1 }, metadata: { m: "2" } });
  await client.multiStreamAppend([
    { streamName: a, expectedState: NO_STREAM, events: [plain()] },
    { streamName: b, expectedState: NO_STREAM, events: [plain(), plain()] },
  ]);
  const sizes = [(await collect(client.readStream(a))).length, (await collect(client.readStream(b))).length];
  holds("an append over two streams", sizes.join() === "1,2");
}
await client.dispose();
console.log(`${name}: ${count} things hold`);
process.exit(0);
