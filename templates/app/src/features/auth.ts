/**
 * Authentication: Basic with scrypt hashes (RFC 7617), and bearer tokens (RFC 6750), for the routes that ask for it.
 *
 * The control plane reads the files, at start and at each reload; workers get their contents by message and have no leave
 * to read them. A route's option `auth` names what it takes, a list means any of them; `context.user` is who came. Both
 * send what they prove with each request: they need TLS, the server's own or a proxy's.
 */
import { randomBytes } from "node:crypto";
import type { ServerConfig } from "../config/schema.ts";
import type { Feature, FeatureServices } from "../http/feature.ts";
import type { Middleware } from "../http/middleware.ts";
import type { Route } from "../http/route.ts";
import type { AuthScheme } from "../http/route-options.ts";
import type { Logger } from "../log/logger.ts";
import { authCounters } from "./auth/counters.ts";
import { readTokens, readUsers, type Token, type User } from "./auth/credential-files.ts";
import { FailedAttempts, failedAttemptsBytes } from "./auth/failed-attempts.ts";
import { guarded, type Verifiers } from "./auth/guard.ts";
import { derive, memoryBytes } from "./auth/password-hash.ts";
import { PasswordVerifier } from "./auth/password-verifier.ts";
import { TokenVerifier } from "./auth/token-verifier.ts";

/** undefined: the setting names no file. */
interface Prepared {
  readonly users: readonly User[] | undefined;
  readonly tokens: readonly Token[] | undefined;
  /** Of the table of failed attempts. */
  readonly key: Uint8Array;
}

export const auth: Feature = {
  name: "auth",
  options: ["auth"],
  counters: authCounters,
  zoneBytes: ({ auth: settings }) => (settings.failures_max > 0 ? failedAttemptsBytes : 0),
  prepare(config, logger): Prepared {
    const { users_file, bearer_file } = config.auth;
    if ((users_file ?? bearer_file) !== undefined) warnOfClearText(config, logger);
    const users = users_file === undefined ? undefined : readUsers(users_file, logger);
    warnOfMemory(users ?? [], config, logger);
    return {
      users,
      tokens: bearer_file === undefined ? undefined : readTokens(bearer_file, logger),
      key: new Uint8Array(randomBytes(32)),
    };
  },
  install(services) {
    let verifiers = verifiersOf(services.prepared as Prepared, services);
    const options = { realm: services.config.auth.realm, counters: services.counters, verifiers: () => verifiers };
    const middleware: Middleware = (next, route) => {
      if (route.options.auth === undefined) return next;
      const schemes = schemesOf(route);
      requireFiles(route, schemes, services.prepared as Prepared);
      return guarded(next, schemes, options);
    };
    return {
      middleware,
      reload(prepared) {
        verifiers = verifiersOf(prepared as Prepared, services);
      },
    };
  },
};

/** Without TLS whoever is on the way reads passwords and tokens; a trusted proxy is taken to be what ends it. */
function warnOfClearText({ tls, proxy, server }: ServerConfig, logger: Logger): void {
  const isLocal = ["127.0.0.1", "::1", "localhost"].includes(server.host);
  if (tls.mode !== "off" || proxy.trusted.length > 0 || isLocal) return;
  logger.warn("passwords and tokens are sent in the clear", {
    key: "tls.mode",
    value: tls.mode,
    next: 'set tls.mode = "files", or put a proxy in front that ends TLS and name it in proxy.trusted',
  });
}

/** The passwords that are verified at once take memory that no other part of the budget provides for. */
function warnOfMemory(users: readonly User[], { auth: settings, workers, memory }: ServerConfig, logger: Logger): void {
  const largest = users.reduce((bytes, user) => Math.max(bytes, memoryBytes(user)), 0);
  const bytes = largest * settings.hashes_max * workers.count;
  if (bytes <= memory.headroom_bytes) return;
  logger.warn("verifying passwords may take more memory than the budget leaves free", {
    key: "auth.hashes_max",
    value: settings.hashes_max,
    bytes,
    headroom_bytes: memory.headroom_bytes,
    next: "lower auth.hashes_max, or make the hashes anew with npm run hash-password",
  });
}

function verifiersOf({ users = [], tokens = [], key }: Prepared, { config, zone }: FeatureServices): Verifiers {
  const { hashes_max, remembered_max, remembered_ms, failures_max, failures_window_ms } = config.auth;
  return {
    passwords: new PasswordVerifier({
      users,
      hashesMax: hashes_max,
      rememberedMax: remembered_max,
      rememberedMs: remembered_ms,
      derive,
    }),
    tokens: new TokenVerifier(tokens),
    failures:
      failures_max > 0 ? new FailedAttempts({ zone, key, max: failures_max, windowMs: failures_window_ms }) : undefined,
  };
}

function schemesOf({ options: { auth: asked = [] } }: Route): readonly AuthScheme[] {
  return typeof asked === "string" ? [asked] : asked;
}

const files = {
  basic: { setting: "auth.users_file", maker: "npm run hash-password -- NAME" },
  bearer: { setting: "auth.bearer_file", maker: "npm run new-token -- NAME" },
} as const satisfies Readonly<Record<AuthScheme, { readonly setting: string; readonly maker: string }>>;

/** A route that nobody can enter, or half of whose callers cannot, is a mistake of the configuration. */
function requireFiles({ method, pattern }: Route, schemes: readonly AuthScheme[], prepared: Prepared): void {
  if (schemes.length === 0) {
    throw new TypeError(
      `route "${method} ${pattern}" has an empty list as "auth"; leave it out where everybody may come`,
    );
  }
  for (const scheme of schemes) {
    if ((scheme === "basic" ? prepared.users : prepared.tokens) !== undefined) continue;
    const { setting, maker } = files[scheme];
    throw new TypeError(
      `route "${method} ${pattern}" asks for "${scheme}" authentication, and ${setting} is not set; put the line that "${maker}" prints into a file and name it there`,
    );
  }
}
