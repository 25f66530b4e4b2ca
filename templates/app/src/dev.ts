/**
 * The server for development: one thread, so that the runtime's watcher and debugger see every module, text logs, no wait
 * before a stop. It runs plain: flags, heap and allocator settings of the plan are not applied. What the environment
 * already sets stays.
 */
import process from "node:process";

const overrides: Readonly<Record<string, string>> = {
  FASTSERVE__WORKERS__MODE: "inline",
  FASTSERVE__WORKERS__COUNT: "1",
  FASTSERVE__LOG__FORMAT: "text",
  FASTSERVE__TIMEOUTS__DRAIN_DELAY_MS: "0",
  FASTSERVE__STATIC__WATCH: "true",
};
for (const [name, value] of Object.entries(overrides)) process.env[name] ??= value;

// Not a static import: those run before the lines above.
await import("./main.ts");
