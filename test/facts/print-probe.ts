/** Prints this process's facts as JSON: what a test runs inside a group, a pinned process or another runtime. */
import { probe } from "../../src/facts/probe.ts";

console.log(JSON.stringify(probe()));
