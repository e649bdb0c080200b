// Begins a replica set of one and makes the user that Haechi signs in as: its own database, nothing else.
// Run by compose.yaml; whatever is there already stays.

const secret = (name) => require("fs").readFileSync(`/run/secrets/${name}`, "utf8").trim();

const admin = new Mongo("mongodb://mongodb:27017/admin?directConnection=true").getDB("admin");
admin.auth("root", secret("mongodb_root_password"));

try {
  admin.adminCommand({ replSetGetStatus: 1 });
} catch (problem) {
  if (problem.codeName !== "NotYetInitialized") throw problem;
  admin.adminCommand({ replSetInitiate: { _id: "haechi", members: [{ _id: 0, host: "mongodb:27017" }] } });
}
while (!admin.hello().isWritablePrimary) sleep(500);

const roles = [
  { role: "readWrite", db: "haechi" },
  { role: "dbAdmin", db: "haechi" },
];
const pwd = secret("mongodb_password");
if (admin.getUser("haechi")) admin.updateUser("haechi", { pwd, roles });
else admin.createUser({ user: "haechi", pwd, roles });
