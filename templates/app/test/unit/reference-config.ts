/** A configuration of our own for the tests: the checked-in one may change with every plan. */
import { type LoadedConfig, loadConfig } from "../../src/config/load.ts";
import type { Environment } from "../../src/config/read-environment.ts";
import type { ServerConfig } from "../../src/config/schema.ts";

export const tunedText = `
[server]
host = "127.0.0.1"
port = 3000
backlog_max = 1024

[workers]
mode = "threads"
count = 2
restart_ms_min = 100
restart_ms_max = 10000
restarts_max = 10
restart_window_ms = 60000
stall_ms_max = 5000

[timeouts]
head_ms = 10000
request_ms = 30000
idle_ms = 60000
drain_delay_ms = 0
drain_ms = 10000

[limits]
connections_max = 4096
in_flight_max = 1024
head_bytes_max = 16384
body_bytes_max = 1048576
bodies_bytes_max = 67108864
nofile_min = 4608

[websocket]
connections_max = 2048
message_bytes_max = 65536
unsent_bytes_max = 1048576
idle_ms = 60000

[tls]
mode = "off"
profile = "intermediate"

[log]
level = "info"
format = "json"
requests = "errors"
batch_bytes = 65536
flush_ms = 100

[admin]
host = "127.0.0.1"
port = 9090

[zones]
latency_steps = 8

[memory]
limit_bytes = 1073741824
base_bytes = 100663296
heaps_bytes = 402653184
zones_bytes = 4194304
connections_bytes = 134217728
bodies_bytes = 67108864
headroom_bytes = 268435456
rss_high_bytes = 858993459

[engine]
heap_bytes_max = 134217728
semi_space_bytes_max = 16777216
ram_bytes = 805306368

[allocator]
backend = "mimalloc"
profile = "balanced"
`;

/** Loads with `user` as the text of fastserve.toml, without touching a disk. */
export function load(user: string | undefined, environment: Environment = {}, tuned: string = tunedText): LoadedConfig {
  return loadConfig({
    directory: "/project",
    environment,
    readFile: (path) => (path === "/project/fastserve.tuned.toml" ? tuned : user),
  });
}

export function configWith(user: string): ServerConfig {
  return load(user).config;
}
