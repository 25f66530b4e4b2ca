/**
 * Verifies passwords: remembered ones at once, others with scrypt, of which a bounded number run at a time.
 *
 * A name that nobody has goes the same way as one with a wrong password: one scrypt, with the salt and the parameters of
 * some user, and a comparison that fails. So neither time nor answer tells which names exist.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { BasicCredentials } from "./basic-credentials.ts";
import type { User } from "./credential-files.ts";
import { decodeBase64, type derive as deriveType, newHashParameters, type PasswordHash } from "./password-hash.ts";
import { Remembered } from "./remembered.ts";

export interface PasswordVerifierOptions {
  readonly users: readonly User[];
  readonly hashesMax: number;
  readonly rememberedMax: number;
  readonly rememberedMs: number;
  readonly derive: typeof deriveType;
}

/** The user's name; undefined: the name, or its password, is wrong. */
export interface Verdict {
  readonly name: string | undefined;
}

export class PasswordVerifier {
  readonly #options: PasswordVerifierOptions;
  readonly #users: ReadonlyMap<string, User>;
  readonly #remembered: Remembered;
  /** At most hashesMax; requests with the same credentials share one. */
  readonly #running = new Map<string, Promise<Verdict>>();
  readonly #secret = randomBytes(32);

  constructor(options: PasswordVerifierOptions) {
    this.#options = options;
    this.#users = new Map(options.users.map((user) => [user.name, user]));
    this.#remembered = new Remembered(options.rememberedMax, options.rememberedMs);
  }

  keyOf(authorization: string): string {
    return this.#remembered.keyOf(authorization);
  }

  remembered(key: string): string | undefined {
    return this.#remembered.find(key, performance.now());
  }

  /**
   * @param key of the field that the credentials came in
   * @returns "busy": as many as may be are being verified
   */
  verify(key: string, credentials: BasicCredentials): Promise<Verdict> | "busy" {
    const running = this.#running.get(key);
    if (running) return running;
    if (this.#running.size >= this.#options.hashesMax) return "busy";
    const verdict = this.#derive(key, credentials).finally(() => this.#running.delete(key));
    this.#running.set(key, verdict);
    return verdict;
  }

  async #derive(key: string, { name, password }: BasicCredentials): Promise<Verdict> {
    const user = this.#users.get(name);
    const standIn = this.#standIn(name);
    const { hash, ...parameters } = user ?? standIn;
    const derived = await this.#options.derive(password, parameters);
    const isEqual = timingSafeEqual(derived, decodeBase64(hash));
    // A key that memory gives away could be tried against guesses offline, as the file's hashes can.
    derived.fill(0);
    // The stand-in's hash may be a real user's, whose password may be the one that was sent.
    if (!isEqual || user === undefined) return { name: undefined };
    this.#remembered.add(key, user.name, performance.now());
    return { name: user.name };
  }

  /** Always the same user for a name, and each as often as the others: where parameters differ, so do theirs. */
  #standIn(name: string): PasswordHash {
    const { users } = this.#options;
    const number = createHmac("sha256", this.#secret).update(name).digest().readUInt32BE();
    return users[number % users.length] ?? nobody;
  }
}

/** Where the file has no users. */
const nobody: PasswordHash = {
  ...newHashParameters,
  salt: randomBytes(16).toString("base64"),
  hash: randomBytes(32).toString("base64"),
};
