/** The packaged templates, as `compose` sees them. `io/template-files.ts` reads them from disk. */

export interface TemplateSource {
  /** Paths relative to `templates/`, POSIX, sorted: "app/src/main.ts", "text/README.md.hbs". */
  list(): readonly string[];
  /** UTF-8 text, or the bytes of a file that is no valid UTF-8. Throws for a path that `list` does not name. */
  read(path: string): string | Uint8Array;
}
