/** An open file as the source of a response's bytes. */
import type { OpenFile } from "../../runtime/port.ts";
import type { Source } from "./file-reply.ts";

export function openedSource(open: OpenFile): Source {
  const { sizeBytes } = open.stamp;
  return {
    whole(isRanged) {
      if (sizeBytes === 0) {
        open.close();
        return "";
      }
      // Bun applies a request's Range to a native body by itself, and takes for valid what is not ("bytes = 0-1").
      const native = isRanged ? undefined : open.nativeBody?.(0, sizeBytes);
      return native ?? open.body([{ start: 0, end: sizeBytes }]);
    },
    part: (range) => open.nativeBody?.(range.start, range.end) ?? open.body([range]),
    segments: (segments) => open.body(segments),
    close: () => open.close(),
  };
}
