/**
 * `lockstep demo --once`: the fixed day, with manual matching and every fill by the script's word, and then the followers' books at the
 * simulated broker held against the tables in the chapters. What decides is what stands at the broker; the copier is not asked.
 */
import type { ExitCode } from "../../../faces/cli/exit-code.ts";
import { Director } from "../director.ts";
import { CLIENT_IDS, FOLLOWERS } from "../players.ts";
import type { Stage } from "../stage.ts";
import type { Paint } from "../telling/palette.ts";
import type { Screen } from "../telling/screen.ts";
import { bookedOrders, holdings } from "./books.ts";
import { agrees, compareOrders, comparePositions, exitCodeOf } from "./comparison.ts";
import { comparisonText } from "./comparison-text.ts";
import { DAY } from "./day.ts";
import { POSITIONS } from "./positions.ts";

export async function playOnce(stage: Stage, screen: Screen, paint: Paint): Promise<ExitCode> {
  const director = new Director(stage, { aside: (text) => screen.aside(text), setback: "fails" });
  for (const { title, steps } of DAY) {
    screen.chapter(title);
    await director.play(steps);
  }
  const { simulator } = stage;
  const orders = compareOrders(
    DAY.flatMap(({ expected }) => expected),
    bookedOrders(simulator, director.floor),
  );
  const positions = comparePositions(POSITIONS, holdings(simulator));
  screen.print(`\n${comparisonText("The followers' orders at the broker, against the table", orders, paint)}`);
  screen.print(`\n${comparisonText("Their net positions at the end", positions, paint)}`);
  const rows = [...orders, ...positions];
  const agreeing = rows.filter(agrees).length;
  const overLimit = FOLLOWERS.reduce((sum, follower) => sum + simulator.gate.refused(CLIENT_IDS[follower]), 0);
  screen.print(
    `\n${director.floor.leaderOrders.size} orders of the leader. ${agreeing} of ${rows.length} rows agree; ${overLimit} requests were over the limit of ten a second.`,
  );
  return exitCodeOf(rows, { overLimit });
}
