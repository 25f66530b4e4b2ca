/** All cases, in the order of the report. */
import type { AttackCase, AttackClass } from "./attack-case.ts";
import { chunkCases } from "./cases/chunks.ts";
import { codingCases } from "./cases/coding.ts";
import { connectionCases } from "./cases/connection.ts";
import { earlyCloseCases } from "./cases/early-close.ts";
import { fieldCases } from "./cases/fields.ts";
import { hostCases } from "./cases/host.ts";
import { lengthCases } from "./cases/length.ts";
import { lineCases } from "./cases/lines.ts";
import { protocolCases } from "./cases/protocol.ts";
import { requestLineCases } from "./cases/request-line.ts";
import { sequenceCases } from "./cases/sequence.ts";
import { sizeCases } from "./cases/size.ts";
import { targetCases } from "./cases/target.ts";
import { upgradeCases } from "./cases/upgrade.ts";

export const catalogue: Readonly<Record<AttackClass, readonly AttackCase[]>> = {
  length: lengthCases,
  coding: codingCases,
  chunks: chunkCases,
  lines: lineCases,
  "request-line": requestLineCases,
  target: targetCases,
  host: hostCases,
  fields: fieldCases,
  size: sizeCases,
  connection: connectionCases,
  upgrade: upgradeCases,
  sequence: sequenceCases,
  "early-close": earlyCloseCases,
  protocol: protocolCases,
};

export const allCases: readonly AttackCase[] = Object.values(catalogue).flat();
