/** Sizes: what is too large is refused before it costs memory (RFC 9110, 15.5.15; RFC 6585, section 5). */
import type { AttackCase } from "../attack-case.ts";
import { get, NEXT, post } from "../bytes.ts";
import { declined, either, refused, served, unfinished } from "../expect.ts";

const KIB = 1024;

export const sizeCases: readonly AttackCase[] = [
  {
    id: "size-field-8k",
    title: "a field of 8,000 bytes is served",
    source: "RFC 9110 2.3",
    steps: [get("/a", `X-A: ${"b".repeat(8000)}`)],
    expect: served("GET /a"),
  },
  {
    id: "size-field-64k",
    title: "a field of 64 KiB",
    source: "RFC 6585 5",
    steps: [get("/a", `X-A: ${"b".repeat(64 * KIB)}`)],
    expect: refused([400, 431]),
  },
  {
    id: "size-field-endless",
    title: "a field of a megabyte that never ends",
    source: "RFC 6585 5",
    steps: [`GET /a HTTP/1.1\r\nHost: localhost\r\nX-A: ${"b".repeat(KIB * KIB)}`],
    expect: refused([400, 431]),
  },
  {
    id: "size-name-64k",
    title: "a name of 64 KiB",
    source: "RFC 6585 5",
    steps: [get("/a", `${"X".repeat(64 * KIB)}: b`)],
    expect: refused([400, 431]),
  },
  {
    id: "size-fields-90",
    title: "90 fields are served",
    source: "RFC 9110 5.4",
    steps: [get("/a", ...Array.from({ length: 90 }, (_, index) => `X-${index}: b`))],
    expect: served("GET /a"),
  },
  {
    id: "size-fields-1000",
    title: "a thousand fields",
    source: "RFC 6585 5",
    steps: [get("/a", ...Array.from({ length: 1000 }, (_, index) => `X-${index}: b`))],
    expect: refused([400, 431]),
  },
  {
    id: "size-fields-10000",
    title: "ten thousand fields",
    source: "RFC 6585 5",
    steps: [get("/a", ...Array.from({ length: 10_000 }, (_, index) => `X-${index}: b`))],
    expect: refused([400, 431]),
  },
  {
    id: "size-target-4k",
    title: "a target of 4,000 bytes is served",
    source: "RFC 9112 3",
    steps: [get(`/a?${"b".repeat(4000)}`)],
    expect: served(`GET /a?${"b".repeat(4000)}`),
  },
  {
    id: "size-target-10k",
    title: "a target of 10,000 bytes",
    source: "RFC 9110 15.5.15",
    steps: [get(`/${"a".repeat(10_000)}`)],
    expect: either(refused([400, 414, 431]), declined()),
  },
  {
    id: "size-target-1m",
    title: "a target of a megabyte",
    source: "RFC 9110 15.5.15",
    steps: [get(`/${"a".repeat(KIB * KIB)}`)],
    expect: refused([400, 414, 431]),
  },
  {
    id: "size-host-64k",
    title: "a Host of 64 KiB",
    source: "RFC 6585 5",
    steps: [`GET /a HTTP/1.1\r\nHost: ${"a".repeat(64 * KIB)}\r\n\r\n`],
    expect: refused([400, 431]),
  },
  {
    id: "size-cookies",
    title: "a Cookie of thirty thousand pairs",
    source: "RFC 6585 5",
    steps: [get("/a", `Cookie: ${"a=b; ".repeat(30_000)}`)],
    expect: refused([400, 431]),
  },
  {
    id: "size-body-declared",
    title: "a length beyond what the server takes, and nothing of it",
    source: "RFC 9110 15.5.14",
    steps: [post("/a", "Content-Length: 1000000000")],
    expect: unfinished(),
  },
  {
    id: "size-body-sent",
    title: "a body beyond what the server takes",
    source: "RFC 9110 15.5.14",
    steps: [post("/a", `Content-Length: ${KIB * KIB}`) + "b".repeat(KIB * KIB) + NEXT],
    expect: declined(),
  },
];
