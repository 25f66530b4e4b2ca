/**
 * Proof of Deno's malloc, through the C library of the live process: the loader says whose `malloc` it has bound, and
 * that library says whether a buffer's memory is its own. V8 takes buffers from malloc and its heap from the kernel, so
 * a buffer is what an allocator serves. Needs --allow-ffi; without it nothing is asked, and nothing claimed.
 */
import { fileAt, mallocOf } from "./malloc-file.ts";
import type { MallocProof } from "./port.ts";

/** Above glibc's threshold for a mapping of its own at the start (128 KiB, mallopt(3)). */
const PROBE_BYTES = 1024 ** 2;
/** RTLD_DEFAULT: the first definition in the order of the loader, which puts preloaded libraries first (dlsym(3)). */
const RTLD_DEFAULT = 0n;

export function denoMallocProof(maps: string | undefined): MallocProof | undefined {
  if (Deno.build.os !== "linux" || maps === undefined) return undefined;
  // Asked first: without --no-prompt a terminal would be asked.
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return undefined;
  try {
    return prove(maps);
  } catch {
    // A library without the symbols that it is asked by: nothing is proven.
    return undefined;
  }
}

function prove(maps: string): MallocProof | undefined {
  const libc = Deno.dlopen("libc.so.6", {
    dlsym: { parameters: ["usize", "buffer"], result: "usize" },
  });
  const file = fileAt(maps, libc.symbols.dlsym(RTLD_DEFAULT, cString("malloc")));
  libc.close();
  if (file === undefined) return undefined;
  const backend = mallocOf(file);
  const answers = {
    mimalloc: askMimalloc,
    jemalloc: askJemalloc,
    tcmalloc: askTcmalloc,
    glibc: askGlibc,
    other: silent,
  };
  return { file, backend, ...tolerate(() => answers[backend](file)) };
}

type Answer = Pick<MallocProof, "version" | "owns">;

const unknown: Answer = { version: undefined, owns: undefined };

function silent(): Answer {
  return unknown;
}

/** A build may lack the symbols of another version. */
function tolerate(ask: () => Answer): Answer {
  try {
    return ask();
  } catch {
    return unknown;
  }
}

function askMimalloc(file: string): Answer {
  const library = Deno.dlopen(file, {
    mi_version: { parameters: [], result: "i32" },
    mi_is_in_heap_region: { parameters: ["pointer"], result: "bool" },
  });
  const probe = new Uint8Array(PROBE_BYTES);
  const version = library.symbols.mi_version();
  const owns = library.symbols.mi_is_in_heap_region(Deno.UnsafePointer.of(probe));
  library.close();
  return { version: mimallocVersion(version), owns };
}

/** 209 is 2.0.9; from 3.2 on there are two digits each: 30203. */
function mimallocVersion(version: number): string {
  const base = version < 1000 ? 10 : 100;
  return [Math.floor(version / base ** 2), Math.floor(version / base) % base, version % base].join(".");
}

function askJemalloc(file: string): Answer {
  const library = Deno.dlopen(file, {
    mallctl: { parameters: ["buffer", "buffer", "buffer", "buffer", "usize"], result: "i32" },
  });
  const probe = new Uint8Array(PROBE_BYTES);
  const address = new BigUint64Array([BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(probe)))]);
  const arena = new Uint32Array(1);
  // 0: it names the arena that the memory is of; EINVAL: it is of none (jemalloc(3), arenas.lookup).
  const size = new BigUint64Array([BigInt(arena.byteLength)]);
  const lookup = library.symbols.mallctl(cString("arenas.lookup"), arena, size, address, BigInt(address.byteLength));
  const text = new BigUint64Array(1);
  const textSize = new BigUint64Array([BigInt(text.byteLength)]);
  library.symbols.mallctl(cString("version"), text, textSize, null, 0n);
  // "5.3.0-0-g54eaed1d8b56b1aa528be3bdd1877e59c56fa90c".
  const version = stringAt(Deno.UnsafePointer.create(text[0] ?? 0n))?.split("-")[0];
  library.close();
  return { version, owns: lookup === 0 };
}

function askTcmalloc(file: string): Answer {
  const library = Deno.dlopen(file, {
    tc_version: { parameters: ["buffer", "buffer", "buffer"], result: "pointer" },
    MallocExtension_GetOwnership: { parameters: ["pointer"], result: "i32" },
  });
  const probe = new Uint8Array(PROBE_BYTES);
  // MallocExtension::Ownership: 0 unknown, 1 owned, 2 not owned (gperftools, malloc_extension.h).
  const ownership = library.symbols.MallocExtension_GetOwnership(Deno.UnsafePointer.of(probe));
  const text = stringAt(library.symbols.tc_version(new Int32Array(1), new Int32Array(1), new BigUint64Array(1)));
  library.close();
  return { version: text?.replace(/^gperftools /, ""), owns: ownership === 0 ? undefined : ownership === 1 };
}

/** glibc answers for no address, but its books (mallinfo2, from 2.33 on) grow by the buffer. */
function askGlibc(file: string): Answer {
  const library = Deno.dlopen(file, {
    gnu_get_libc_version: { parameters: [], result: "pointer" },
    mallinfo2: { parameters: [], result: { struct: MALLINFO_FIELDS }, optional: true },
  });
  const version = stringAt(library.symbols.gnu_get_libc_version());
  const read = library.symbols.mallinfo2 as (() => Uint8Array<ArrayBuffer>) | null;
  const owns = read ? isBooked(read) : undefined;
  library.close();
  return { version, owns };
}

/** Other threads take and give back memory between two readings: half of the probe is far above what they move. */
function isBooked(read: () => Uint8Array<ArrayBuffer>): boolean {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const before = bookedBytes(read());
    const probe = new Uint8Array(GLIBC_PROBE_BYTES);
    if (bookedBytes(read()) - before >= probe.length / 2) return true;
  }
  return false;
}

const ATTEMPTS_MAX = 3;
/**
 * Above 32 MiB glibc maps each buffer by itself, however its threshold has moved (mallopt(3)). Its pages are never touched, so it costs no memory.
 */
const GLIBC_PROBE_BYTES = 33 * 1024 ** 2;

/** arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost (mallinfo(3)). */
const MALLINFO_FIELDS: ["usize", "usize", "usize", "usize", "usize", "usize", "usize", "usize", "usize", "usize"] = [
  "usize",
  "usize",
  "usize",
  "usize",
  "usize",
  "usize",
  "usize",
  "usize",
  "usize",
  "usize",
];

/** Bytes in mappings of their own (hblkhd) and in use elsewhere (uordblks). */
function bookedBytes(info: Uint8Array<ArrayBuffer>): number {
  const fields = new BigUint64Array(info.buffer, info.byteOffset, MALLINFO_FIELDS.length);
  return Number(fields[4] ?? 0n) + Number(fields[7] ?? 0n);
}

function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}

function stringAt(pointer: Deno.PointerValue): string | undefined {
  return pointer === null ? undefined : Deno.UnsafePointerView.getCString(pointer);
}
