/** `lockstep demo`: a simulated broker, a leader who follows a script, three followers and the real copier, in one process. */
import { systemClock } from "../../adapters/system/clock.ts";
import { systemTimers } from "../../adapters/system/timers.ts";
import type { DemoOptions } from "../../faces/cli/demo.ts";
import { DONE, type ExitCode, FAILED } from "../../faces/cli/exit-code.ts";
import { untilSignal } from "../signals.ts";
import { playEndlessly } from "./endless/session.ts";
import { playOnce } from "./once/session.ts";
import { FOLLOWERS, LEADER, SIZE_WORDS } from "./players.ts";
import { ScriptFault } from "./script-fault.ts";
import { openStage, type Stage } from "./stage.ts";
import { type Paint, paintFor } from "./telling/palette.ts";
import { Screen } from "./telling/screen.ts";
import { summaryText } from "./telling/summary.ts";

const SEED = 7;
const PLENTY = 100_000_000;

export async function runDemo({ once }: DemoOptions): Promise<ExitCode> {
  const paint = paintFor({ isTerminal: process.stdout.isTTY === true, noColor: process.env["NO_COLOR"] });
  const write = (text: string): void => void process.stdout.write(text);
  const screen = new Screen({ clock: systemClock, timers: systemTimers, paint, write });
  process.stdout.on("error", () => process.exit(DONE)); // the reader has gone, as `head` does
  const signal = untilSignal();
  greet(screen, paint);
  const stage = await openStage({
    clock: systemClock,
    timers: systemTimers,
    observer: screen,
    seed: SEED,
    market: once ? { matching: "manual" } : { matching: "market", conduct: { partialFills: 1, partialFillStepMs: 400 }, walkEveryMs: 1_500 },
    // In the endless demonstration zoya cannot pay for the first order.
    funds: once ? { meera: PLENTY, arjun: PLENTY, kabir: PLENTY, zoya: PLENTY } : { meera: PLENTY, arjun: PLENTY, kabir: PLENTY, zoya: 8_000 },
  });
  try {
    await stage.startCopier();
    const play = once ? playOnce(stage, screen, paint) : playEndlessly(stage, screen, signal);
    const exitCode = await Promise.race([play, stage.broken, ...(once ? [interrupted(signal)] : [])]);
    await end(stage, screen, paint);
    return exitCode;
  } catch (error) {
    screen.print(paint("red", `\nThe demonstration failed: ${error instanceof Error ? sentenceOf(error) : String(error)}`));
    await end(stage, screen, paint);
    return FAILED;
  }
}

function greet(screen: Screen, paint: Paint): void {
  screen.print(paint("bold", "Lockstep, a demonstration. All money here is simulated: no account, no broker, no market is real."));
  screen.print(`${LEADER} leads; ${FOLLOWERS.map((follower) => `${follower} follows with ${SIZE_WORDS[follower]}`).join("; ")}.`);
  screen.print(
    "The copier is the real one, on real sockets, with its journal on disk. The lag is from the leader's frame to the follower's request on the wire.",
  );
}

async function interrupted(signal: Promise<string>): Promise<ExitCode> {
  throw new ScriptFault(`${await signal} ended it before its end`);
}

async function end(stage: Stage, screen: Screen, paint: Paint): Promise<void> {
  await stage.close();
  const [first] = stage.leaderOrders();
  screen.print(summaryText(screen.narrator, { order: first, folder: stage.folder }, paint));
}

function sentenceOf(error: Error): string {
  return error instanceof ScriptFault ? error.message : (error.stack ?? error.message);
}
