/**
 * Lets a request through to a route that asks for authentication, or says why not.
 *
 * Remembered passwords and tokens are verified synchronously, so that such a request stays quick; only a scrypt
 * makes it wait. What is wrong is counted and never logged: it may be a password with one letter missing.
 */
import type { Context } from "../../http/context.ts";
import type { Handle } from "../../http/middleware.ts";
import type { Reply } from "../../http/route.ts";
import type { AuthScheme } from "../../http/route-options.ts";
import { add } from "../../zones/counters.ts";
import { basicCredentials } from "./basic-credentials.ts";
import { type Challenges, challenges, tooManyFailures, verifierBusy } from "./challenges.ts";
import { type AuthResult, authCounter } from "./counters.ts";
import type { FailedAttempts } from "./failed-attempts.ts";
import type { PasswordVerifier, Verdict } from "./password-verifier.ts";
import type { TokenVerifier } from "./token-verifier.ts";

/** What a reload replaces. */
export interface Verifiers {
  readonly passwords: PasswordVerifier;
  readonly tokens: TokenVerifier;
  /** undefined: failures are not limited. */
  readonly failures: FailedAttempts | undefined;
}

export interface GuardOptions {
  readonly realm: string;
  readonly counters: Float64Array;
  readonly verifiers: () => Verifiers;
}

/** b64token (RFC 6750, section 2.1). */
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;

export function guarded(next: Handle, schemes: readonly AuthScheme[], options: GuardOptions): Handle {
  const guard = new Guard(next, schemes, options);
  return (context) => guard.handle(context);
}

class Guard {
  readonly #next: Handle;
  readonly #options: GuardOptions;
  readonly #challenges: Challenges;
  readonly #takesBasic: boolean;
  readonly #takesBearer: boolean;

  constructor(next: Handle, schemes: readonly AuthScheme[], options: GuardOptions) {
    this.#next = next;
    this.#options = options;
    this.#challenges = challenges(schemes, options.realm);
    this.#takesBasic = schemes.includes("basic");
    this.#takesBearer = schemes.includes("bearer");
  }

  handle(context: Context): Reply | Promise<Reply> {
    const authorization = context.request.headers.get("authorization");
    const scheme = authorization === null ? "" : schemeOf(authorization);
    if (authorization !== null && this.#takesBasic && scheme === "basic") return this.#basic(authorization, context);
    if (authorization !== null && this.#takesBearer && scheme === "bearer") return this.#bearer(authorization, context);
    this.#count("missing");
    throw this.#challenges.missing();
  }

  #bearer(authorization: string, context: Context): Reply | Promise<Reply> {
    const token = BEARER.exec(authorization)?.[1];
    const name = token === undefined ? undefined : this.#options.verifiers().tokens.verify(token);
    if (name === undefined) {
      this.#count("failed");
      throw token === undefined ? this.#challenges.malformedToken() : this.#challenges.wrongToken();
    }
    return this.#pass(name, "token", context);
  }

  #basic(authorization: string, context: Context): Reply | Promise<Reply> {
    const { passwords, failures } = this.#options.verifiers();
    const key = passwords.keyOf(authorization);
    const remembered = passwords.remembered(key);
    if (remembered !== undefined) return this.#pass(remembered, "remembered", context);
    const waitMs = failures?.waitMs(context.client, Date.now()) ?? 0;
    if (waitMs > 0) {
      this.#count("limited");
      throw tooManyFailures(waitMs);
    }
    const credentials = basicCredentials(authorization);
    if (!credentials) throw this.#failed(context, failures);
    const verdict = passwords.verify(key, credentials);
    if (verdict === "busy") {
      this.#count("busy");
      throw verifierBusy();
    }
    return this.#afterwards(verdict, context, failures);
  }

  async #afterwards(verdict: Promise<Verdict>, context: Context, failures: FailedAttempts | undefined): Promise<Reply> {
    const { name } = await verdict;
    if (name === undefined) throw this.#failed(context, failures);
    return this.#pass(name, "verified", context);
  }

  #pass(name: string, result: AuthResult, context: Context): Reply | Promise<Reply> {
    this.#count(result);
    context.user = name;
    return this.#next(context);
  }

  #failed(context: Context, failures: FailedAttempts | undefined): Error {
    this.#count("failed");
    failures?.add(context.client, Date.now());
    return this.#challenges.missing();
  }

  #count(result: AuthResult): void {
    add(this.#options.counters, authCounter[result], 1);
  }
}

function schemeOf(authorization: string): string {
  const space = authorization.indexOf(" ");
  return (space < 0 ? authorization : authorization.slice(0, space)).toLowerCase();
}
