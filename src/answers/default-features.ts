/**
 * The features of a server whose owner did not choose: what every server on the internet needs, what its workload
 * is made of, and what nobody in front of it does. Features that mean nothing without the owner's own data (origins,
 * users, tasks) wait until they are asked for.
 */
import { type Exposure, type FeatureName, featureNames, type Workload } from "./choices.ts";

type Applies = (workload: Workload, exposure: Exposure) => boolean;

const always: Applies = () => true;
const onlyAsked: Applies = () => false;
const servesPages: Applies = (workload) => workload === "static" || workload === "mixed";

const defaults: Readonly<Record<FeatureName, Applies>> = {
  "request-id": always,
  "request-log": always,
  "security-headers": always,
  cors: onlyAsked,
  overload: always,
  // Behind a proxy whose address nobody has entered yet, all clients look like one and would share its limit.
  "rate-limit": (_workload, exposure) => exposure === "direct",
  auth: onlyAsked,
  // Uploads and messages are not repeated, and files have a memory of their own.
  "response-cache": (workload) => workload === "api" || workload === "mixed",
  // A proxy compresses on its own CPUs, off the event loops.
  compression: (_workload, exposure) => exposure === "direct",
  tasks: onlyAsked,
  // A file or upload server that opens no sockets has one way in less.
  websocket: (workload) => workload !== "static" && workload !== "upload",
  "static-files": servesPages,
};

/** In the order of the table of features. */
export function defaultFeatures(workload: Workload, exposure: Exposure): readonly FeatureName[] {
  return featureNames.filter((name) => defaults[name](workload, exposure));
}
