/**
 * Verifies bearer tokens. They are random and long, so that one SHA-256 is enough to keep them from whoever reads the file.
 *
 * The digest of what was sent is zeroed once it is compared; the token's text is a string, which cannot be.
 * The look-up goes by a keyed hash of the digest, under a key that only this worker has: what its time tells is worthless.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Token } from "./credential-files.ts";

interface Known {
  readonly name: string;
  readonly digest: Uint8Array;
}

export class TokenVerifier {
  readonly #key = randomBytes(32);
  readonly #tokens: ReadonlyMap<string, Known>;

  constructor(tokens: readonly Token[]) {
    this.#tokens = new Map(
      tokens.map(({ name, digest }) => {
        const bytes = Uint8Array.from(digest.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
        return [this.#indexOf(bytes), { name, digest: bytes }];
      }),
    );
  }

  /** Whose token it is; undefined: nobody's. */
  verify(token: string): string | undefined {
    const digest = createHash("sha256").update(token).digest();
    const known = this.#tokens.get(this.#indexOf(digest));
    const isEqual = known !== undefined && timingSafeEqual(known.digest, digest);
    digest.fill(0);
    return isEqual ? known.name : undefined;
  }

  #indexOf(digest: Uint8Array): string {
    return createHmac("sha256", this.#key).update(digest).digest("base64");
  }
}
