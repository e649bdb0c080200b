// Shards the collections that grow. Once, on a sharded cluster only, by an administrator, after the first `haechi doctor`
// made them (docs/scaling.md): MONGODB_NAME=haechi mongosh "mongodb://…" deploy/sharding.js
// What is sharded already stays; all else stays on one shard. storage/schema.py says why these keys.

const name = process.env.MONGODB_NAME || "haechi";
const keys = {
  captures: { _id: 1 },
  index: { _id: 1 },
  posts: { _id: 1 },
  evidence: { _id: 1 },
  flags: { _id: 1 },
  review_events: { _id: 1 },
  near: { _id: 1 },
  near_bands: { _id: 1 },
  search_leaves: { _id: 1 },
  counts: { _id: 1 },
  coverage: { _id: 1 },
  runs: { _id: 1 },
  rooms: { _id: 1 },
  rollups: { _id: "hashed" },
  reveals: { _id: "hashed" },
};

if (db.hello().msg !== "isdbgrid") throw new Error("this is no mongos: only a sharded cluster has shards");
const made = db.getSiblingDB(name).getCollectionNames();
const missing = Object.keys(keys).filter((collection) => !made.includes(collection));
if (missing.length) throw new Error(`${name} lacks ${missing}: run \`haechi doctor\` first, it makes them with their rules`);

sh.enableSharding(name);
for (const [collection, key] of Object.entries(keys)) sh.shardCollection(`${name}.${collection}`, key);
