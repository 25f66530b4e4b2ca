/** The form parser against two others: a naive one over text, and the runtime's own. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { HttpError } from "../../../src/http/http-error.ts";
import { parseParts } from "../../../src/http/multipart.ts";
import { boundaryOf } from "../../../src/http/multipart-boundary.ts";

const encoder = new TextEncoder();
const FIELD = 'Content-Disposition: form-data; name="a"';

/** Pieces in which delimiters, parts of them and heads come about by chance. */
const fragments = fc.constantFrom(
  "\r\n--b",
  "--b",
  "--b--",
  "\r\n",
  "\r",
  "\n",
  "-",
  "--",
  "b",
  " ",
  "v",
  `${FIELD}\r\n\r\n`,
  'Content-Disposition: form-data; name="f"; filename="x"\r\n\r\n',
  "Content-Type: text/plain\r\n",
);

describe("parseParts() against", () => {
  it("an oracle that splits text: the same parts, or both refuse", () => {
    let accepted = 0;
    const anything = fc.array(fragments, { maxLength: 12 }).map((all) => all.join(""));
    // Framed as a form is, so that many are whole.
    const framed = fc
      .array(anything, { maxLength: 4 })
      .map((all) => all.map((text) => `\r\n--b\r\n${FIELD}\r\n\r\n${text}`));
    const bodies = fc.oneof(
      anything,
      framed.map((all) => `${all.join("")}\r\n--b--`.slice(2)),
      fc.tuple(framed, anything).map(([all, end]) => `${all.join("")}\r\n--b${end}`),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const expected = oracle(body);
        if (expected) accepted += 1;
        assert.deepEqual(attempt(body), expected);
      }),
      { numRuns: 3000, seed: 11 },
    );
    assert.ok(accepted > 300, `only ${accepted} bodies were whole`);
  });

  it("the runtime's own formData(), both ways", async () => {
    // What both runtimes keep as it is: quotes, line breaks and backslashes in names they read each in its own way, and
    // Deno's reader ends a name at "=" and at ";".
    const name = fc.string({
      unit: fc.constantFrom(..."abcXYZ019 _-.[]\u00fc\u4e16\u{1f600}:,"),
      minLength: 1,
      maxLength: 20,
    });
    const value = fc.oneof(
      fc.string({ unit: fc.constantFrom(..."ab-=\u00fc\u{1f600}\r\n"), maxLength: 40 }),
      fc.uint8Array({ maxLength: 300 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 8 }), async (fields) => {
        const form = new FormData();
        for (const [key, content] of fields) {
          if (typeof content === "string") form.append(key, content);
          else form.append(key, new File([content as Uint8Array<ArrayBuffer>], `${key}.bin`, { type: "a/b" }));
        }
        const request = new Request("http://localhost/", { method: "POST", body: form });
        const contentType = request.headers.get("content-type") ?? "";
        const body = new Uint8Array(await request.arrayBuffer());
        const again = await new Request("http://localhost/", {
          method: "POST",
          body,
          headers: { "content-type": contentType },
        }).formData();
        const read = await Promise.all([...again].map(async ([key, content]) => [key, ...(await contentOf(content))]));
        const ours = parseParts(body, boundaryOf(contentType)).map((part) => [
          part.name,
          part.filename,
          hex(part.bytes),
        ]);
        assert.deepEqual(ours, read);
        assert.equal(ours.length, fields.length);
      }),
      { numRuns: 150 },
    );
  });
});

type Row = readonly [name: string, filename: string | undefined, type: string | undefined, content: string];

function rows(body: string): readonly Row[] {
  return parseParts(encoder.encode(body), "b").map((part) => [part.name, part.filename, part.contentType, part.text()]);
}

function attempt(body: string): readonly Row[] | undefined {
  try {
    return rows(body);
  } catch (error) {
    if (error instanceof HttpError && error.status === 400) return undefined;
    throw error;
  }
}

/** The framing by regular expressions over text, and only the heads that `fragments` are made of. */
function oracle(body: string): readonly Row[] | undefined {
  const pieces = `\r\n${body}`.split("\r\n--b");
  const found: Row[] = [];
  for (const piece of pieces.slice(1)) {
    if (/^--[ \t]*(\r\n|$)/.test(piece)) {
      // Only the end of the body may stand for the line's: in a piece before another delimiter that one's CRLF does.
      const isEnd = /^--[ \t]*\r\n/.test(piece) || pieces.at(-1) === piece || /^--[ \t]*$/.test(piece);
      return isEnd ? found : undefined;
    }
    const line = /^[ \t]*\r\n/.exec(piece);
    // Two delimiters of which the first one's line ends with the CRLF of the second.
    if (!line) return undefined;
    const rest = piece.slice(line[0].length);
    const head =
      /^((?:Content-Type: text\/plain\r\n)?)Content-Disposition: form-data; name="(\w)"(?:; filename="(\w)")?\r\n((?:Content-Type: text\/plain\r\n)?)(?:\r\n|$)/.exec(
        rest,
      );
    if (!head || (head[1] !== "" && head[4] !== "")) return undefined;
    const isTyped = head[1] !== "" || head[4] !== "";
    found.push([head[2] ?? "", head[3], isTyped ? "text/plain" : undefined, rest.slice(head[0].length)]);
  }
  return undefined;
}

async function contentOf(content: string | File): Promise<readonly [string | undefined, string]> {
  if (typeof content === "string") return [undefined, hex(encoder.encode(content))];
  return [content.name, hex(new Uint8Array(await content.arrayBuffer()))];
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
