/**
 * Dynamic compression: replies above a size, of types that it pays for, in the coding that the client likes best.
 *
 * Up to compression.bytes_max a body is compressed at once, which blocks the event loop: 128 KiB of JSON take 0.4 to
 * 1.2 ms at level 1 and 0.4 to 2.3 ms at level 4, whichever the coding (docs/measurements/compression.json).
 * Larger bodies and streams go through a compressor of their own, of which compression.streams_max run at a time.
 *
 * A reply that has both a secret and a stranger's input in it gives the secret away by its compressed length (BREACH,
 * https://www.breachattack.com): such a route says `compress: false`.
 */
import type { Feature } from "../http/feature.ts";
import { codings } from "./compression/codings.ts";
import { Compressor } from "./compression/compressor.ts";
import { compressionCounters } from "./compression/counters.ts";
import { mediaTypeMatcher } from "./compression/media-types.ts";

export const compression: Feature = {
  name: "compression",
  options: ["compress"],
  counters: compressionCounters,
  install({ config, counters, memory }) {
    const { bytes_min, bytes_max, level, streams_max, types } = config.compression;
    if (types.length === 0) return {};
    const compressor = new Compressor({
      bytesMin: bytes_min,
      bytesMax: bytes_max,
      streamsMax: streams_max,
      codings: codings(level),
      matches: mediaTypeMatcher(types),
      encoding: memory.settings.encode_scratch ? memory.text : undefined,
      counters,
    });
    return {
      middleware: (next, route) => {
        // A constant is sent as it is, where possible without any code of ours.
        if (route.options.compress === false || route.constant) return next;
        return (context) => {
          const reply = next(context);
          if (reply instanceof Promise) return reply.then((value) => compressor.reply(value, context));
          return compressor.reply(reply, context);
        };
      },
    };
  },
};
