/**
 * The head of a shared library's file: which machine and which C library it was built for. Idea: ld.so calls a foreign
 * architecture "cannot open shared object file", and beside a compatibility package it loads a musl library into a glibc
 * process, with two C libraries in it; the file itself says what it is (ELF specification, elf(5)).
 */

export interface LibraryImage {
  /** As node: names it; undefined: another one. */
  readonly arch: string | undefined;
  readonly libc: "glibc" | "musl" | "unknown";
}

/** e_machine. */
const MACHINES: Readonly<Record<number, string>> = { 62: "x64", 183: "arm64" };
const MACHINE_AT = 18;

/** `image`: the whole file as Latin-1 text. undefined: it is no ELF file. */
export function libraryImage(image: string): LibraryImage | undefined {
  if (!image.startsWith("\x7fELF") || image.length < MACHINE_AT + 2) return undefined;
  const machine = image.charCodeAt(MACHINE_AT) + image.charCodeAt(MACHINE_AT + 1) * 256;
  return { arch: MACHINES[machine], libc: libcOf(image) };
}

/** By the names of the libraries that it needs. Alpine says libc.musl-x86_64.so.1, other musl systems libc.so. */
function libcOf(image: string): LibraryImage["libc"] {
  if (/\0libc\.musl-\w+\.so\.\d\0/.test(image)) return "musl";
  if (image.includes("\0libc.so.6\0")) return "glibc";
  return image.includes("\0libc.so\0") ? "musl" : "unknown";
}
