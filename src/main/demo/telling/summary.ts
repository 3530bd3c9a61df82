/** What is said at the end: what there was, how late each follower came, and what to try next. */
import type { DemoFolder } from "../folder.ts";
import { FOLLOWERS } from "../players.ts";
import type { Lags } from "./lags.ts";
import { lagText } from "./layout.ts";
import type { Paint } from "./palette.ts";
import type { Tally } from "./tally.ts";

/** `order`: the leader's order that is worth a closer look; undefined when there was none. */
export interface Next {
  readonly order: string | undefined;
  readonly folder: DemoFolder;
}

export function summaryText({ tally, lags }: { readonly tally: Tally; readonly lags: Lags }, { order, folder }: Next, paint: Paint): string {
  const { orders, copies, changes, cancels, fills, refusals } = tally;
  return [
    "",
    paint("bold", "In all"),
    `  ${orders} orders of the leader, ${copies} copies sent, ${changes} changed, ${cancels} cancelled, ${fills} fills at the followers, ${refusals} refusals`,
    ...lagLines(lags),
    "",
    paint("bold", "Next"),
    `  The configuration and the journal stay in ${folder.path}`,
    ...(order === undefined
      ? []
      : ["  From this folder, the whole story of one order:", "", `    npx lockstep explain ${order} --config ${folder.configuration}`]),
  ].join("\n");
}

/** `arjun  lag  median 1.2 ms, at most 8.4 ms, of 12 requests` */
export function lagLines(lags: Lags): readonly string[] {
  return FOLLOWERS.flatMap((follower) => {
    const figures = lags.of(follower);
    if (figures === undefined) return [];
    const { requests, medianMs, maxMs } = figures;
    return [`  ${follower.padEnd(6)} lag: median ${lagText(medianMs)}, at most ${lagText(maxMs)}, of ${requests} requests`];
  });
}
