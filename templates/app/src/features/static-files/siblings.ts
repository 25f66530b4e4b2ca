/** Files beside a file that hold it compressed: "style.css.br" beside "style.css". */
import type { ContentCoding } from "../../http/accept-encoding.ts";

export interface SiblingKind {
  readonly coding: ContentCoding;
  readonly extension: string;
}

/** In the order of preference where a client has none: the smallest first, by what precompress makes of them. */
export const siblingKinds: readonly SiblingKind[] = [
  { coding: "br", extension: ".br" },
  { coding: "zstd", extension: ".zst" },
  { coding: "gzip", extension: ".gz" },
];
