/**
 * `lockstep demo` without `--once`: an opening that shows the main things in a few seconds, and then a leader who goes on trading until
 * somebody has seen enough. The market fills, partly at times; its prices wander.
 */
import { DONE, type ExitCode } from "../../../faces/cli/exit-code.ts";
import { Director } from "../director.ts";
import type { Stage } from "../stage.ts";
import type { Screen } from "../telling/screen.ts";
import { lagLines } from "../telling/summary.ts";
import { pass } from "../until.ts";
import { OPENING } from "./opening.ts";
import { scene } from "./scenes.ts";

/** Long enough to read what has just happened. */
const BETWEEN_SCENES_MS = 1_500;

/** Until the signal. What the market has made impossible meanwhile, such as the cancel of a filled order, is left out. */
export async function playEndlessly(stage: Stage, screen: Screen, signal: Promise<string>): Promise<ExitCode> {
  const director = new Director(stage, { aside: (text) => screen.aside(text), setback: "goes-on" });
  let isOver = false;
  const ended = signal.then(() => {
    isOver = true;
  });
  const paced = async (ms: number): Promise<void> => Promise.race([pass(ms, stage.timers), ended]);
  screen.chapter("The opening");
  for (const { pauseMs, step } of OPENING) {
    if (isOver) return DONE;
    await director.act(step);
    await paced(pauseMs);
  }
  screen.print(["", "How long after the leader so far", ...lagLines(screen.narrator.lags)].join("\n"));
  screen.chapter("And so on, until Ctrl-C");
  stage.simulator.exchange.configure({ partialFills: 0.4 });
  for (let number = 1; !isOver; number += 1) {
    for (const { pauseMs, step } of scene(number)) {
      if (isOver) break;
      await director.act(step);
      await paced(pauseMs);
    }
    await paced(BETWEEN_SCENES_MS);
  }
  return DONE;
}
