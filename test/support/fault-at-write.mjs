/**
 * Loaded into a real process with `--import`: counts its calls that change the disk, and ends or hinders the one that
 * FASTSERVE_TEST_FAULT names. "kill N": SIGKILL after the first N calls. "fail N": call N fails with EIO.
 * "pause N": after N calls the process tells so and waits for its end, holding what it holds. Calls are those of the
 * operating system, so a file is opened, written and renamed by separate ones. The count is the last line of standard
 * error.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import process from "node:process";

const [kind = "", number = "0"] = (process.env.FASTSERVE_TEST_FAULT ?? "").split(" ");
const at = Number(number);
const real = { ...fs };
let calls = 0;

for (const name of ["mkdirSync", "copyFileSync", "renameSync", "rmdirSync", "unlinkSync", "rmSync", "fchmodSync"]) {
  fs[name] = (...args) => counted(() => real[name](...args));
}
// Only the project's files are written through descriptors of its own; 0 to 2 are the streams.
fs.openSync = (path, flags, ...more) =>
  /[wax+]/.test(String(flags ?? "r"))
    ? counted(() => real.openSync(path, flags, ...more))
    : real.openSync(path, flags, ...more);
fs.writeSync = (descriptor, ...more) =>
  descriptor > 2 ? counted(() => real.writeSync(descriptor, ...more)) : real.writeSync(descriptor, ...more);
fs.writeFileSync = (target, ...more) => counted(() => real.writeFileSync(target, ...more));
syncBuiltinESMExports();
process.on("exit", () => void real.writeSync(2, `calls ${calls}\n`));

function counted(act) {
  if (kind === "fail" && calls + 1 === at) {
    calls += 1;
    throw Object.assign(new Error("EIO: injected by the test"), { code: "EIO" });
  }
  const result = act();
  calls += 1;
  if (kind === "kill" && calls === at) process.kill(process.pid, "SIGKILL");
  if (kind === "pause" && calls === at) {
    real.writeSync(1, "paused\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
  return result;
}
