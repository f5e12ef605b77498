// A real Bluesky server with a directory of its own in memory, both on loopback only.
// Prints {"port": …} when ready; ends when its standard input does, and leaves no data.

import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database, PlcServer } from "@did-plc/server";
import { PDS, envToCfg, envToSecrets, readEnv } from "@atproto/pds";

// Neither server can be told an address to bind: without this they would listen on all of them.
const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ...rest) {
  return typeof port === "number"
    ? listen.call(this, port, "127.0.0.1", ...rest)
    : listen.call(this, port, ...rest);
};

const directory = PlcServer.create({ db: Database.mock(), port: 0 });
await directory.start();

const data = mkdtempSync(join(tmpdir(), "pds-"));
const folder = (name) => {
  mkdirSync(join(data, name));
  return join(data, name);
};
const secret = () => randomBytes(32).toString("hex");

Object.assign(process.env, {
  LOG_ENABLED: "0",
  PDS_ADMIN_PASSWORD: secret(),
  PDS_BLOBSTORE_DISK_LOCATION: folder("blobs"),
  PDS_BLOBSTORE_DISK_TMP_LOCATION: folder("incoming"),
  PDS_DATA_DIRECTORY: folder("data"),
  PDS_DEV_MODE: "true",
  PDS_DID_PLC_URL: `http://127.0.0.1:${directory.server.address().port}`,
  PDS_DISABLE_SSRF_PROTECTION: "true", // the directory is on loopback
  PDS_DPOP_SECRET: secret(),
  PDS_HOSTNAME: "localhost",
  PDS_INVITE_REQUIRED: "false",
  PDS_JWT_SECRET: secret(),
  PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX: secret(),
  PDS_PORT: "0",
  PDS_SERVICE_HANDLE_DOMAINS: ".test",
});
const environment = readEnv();
const pds = await PDS.create(envToCfg(environment), envToSecrets(environment));
await pds.start();
console.log(JSON.stringify({ port: pds.server.address().port }));

process.stdin.resume().on("end", async () => {
  await pds.destroy();
  await directory.destroy();
  rmSync(data, { recursive: true, force: true });
  process.exit();
});
