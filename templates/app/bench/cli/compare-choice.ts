/** `--peers` and `--levels`: what bench:compare compares with; nothing given: all that there is. */
import { nearest } from "../../src/config/nearest.ts";
import { type PeerName, peerNames } from "../peers/peer-table.ts";

export const compareLevels = ["bare", "equal"] as const;
/** "bare": nothing but the routes. "equal": the headers, the counters and the timing that this project has on. */
export type CompareLevel = (typeof compareLevels)[number];

export interface CompareChoice {
  /** undefined: all that suit the adapter and are installed. */
  readonly peers: readonly PeerName[] | undefined;
  readonly levels: readonly CompareLevel[];
}

/** Mistakes go to `problems`. */
export function compareChoice(
  peers: string | undefined,
  levels: string | undefined,
  problems: string[],
): CompareChoice {
  return {
    peers: peers === undefined ? undefined : namesIn("--peers", peers, peerNames, problems),
    levels: levels === undefined ? compareLevels : namesIn("--levels", levels, compareLevels, problems),
  };
}

function namesIn<Name extends string>(
  flag: string,
  text: string,
  known: readonly Name[],
  problems: string[],
): readonly Name[] {
  const names: Name[] = [];
  for (const word of text.split(",").map((each) => each.trim())) {
    const name = known.find((each) => each === word);
    if (name === undefined) {
      const near = nearest(word, known);
      problems.push(
        `${flag} ${text}: "${word}" is none; ${near ? `did you mean ${near}?` : `there are ${known.join(", ")}.`}`,
      );
    } else if (!names.includes(name)) names.push(name);
  }
  return names;
}
