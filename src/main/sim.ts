/** `lockstep sim`: the simulator as a process of its own, for any DhanHQ v2 client. */
import { resolve } from "node:path";
import { systemClock } from "../adapters/system/clock.ts";
import { systemTimers } from "../adapters/system/timers.ts";
import { BAD_USAGE, DONE, type ExitCode, FAILED } from "../faces/cli/exit-code.ts";
import type { SimOptions } from "../faces/cli/sim.ts";
import { SAMPLE_INSTRUMENTS } from "../simulator/sample/sample.ts";
import { type RunningSimulator, startSimulator } from "../simulator/server.ts";
import { complain } from "./complaint.ts";
import { untilSignal } from "./signals.ts";
import { exampleConfiguration, simulatedAccounts } from "./sim-configuration.ts";

export async function sim(options: SimOptions): Promise<ExitCode> {
  const accounts = simulatedAccounts(options.accounts);
  const instruments = resolve(options.instruments ?? SAMPLE_INSTRUMENTS);
  if (options.printConfig) {
    if (accounts.length < 2) return complain({ exitCode: BAD_USAGE, sentences: ["a configuration needs a leader and a follower: --accounts 2, or more"] });
    process.stdout.write(exampleConfiguration({ accounts, instruments, authority: `${options.host}:${options.port}` }));
    return DONE;
  }
  let running: RunningSimulator;
  try {
    const { host, port, matching, seed } = options;
    running = await startSimulator({ clock: systemClock, timers: systemTimers, host, port, matching, seed, accounts, instruments });
  } catch (error) {
    return complain(startFault(error, options));
  }
  const again = options.instruments === undefined ? "" : ` --instruments ${options.instruments}`;
  process.stdout.write(
    [
      "A simulated broker. Nothing here is real: no money, no market, and the tokens below open nothing anywhere else.",
      `  REST          ${running.url}`,
      `  order stream  ${running.wsUrl}`,
      `  admin         ${running.origin}/admin (docs/simulator.md)`,
      "",
      "  client id   name        access token",
      ...accounts.map(({ clientId, name, token }) => `  ${clientId}  ${name.padEnd(10)}  ${token}`),
      "",
      "A configuration that copies the first account to the others:",
      `  npx lockstep sim --print-config --port ${running.port} --accounts ${options.accounts}${again} > lockstep.yaml`,
      "A simulator that is started again is a new broker, whose order numbers begin anew: give it a new journal. Ctrl-C ends it.",
      "",
    ].join("\n"),
  );
  await untilSignal();
  await running.stop();
  return DONE;
}

function startFault(error: unknown, { host, port, instruments }: SimOptions): { exitCode: ExitCode; sentences: readonly string[] } {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const said = error instanceof Error ? error.message : String(error);
  if (code === "EADDRINUSE")
    return { exitCode: FAILED, sentences: [`cannot listen on ${host}:${port}: another program has that port; --port 0 takes a free one`] };
  if (code === "ENOENT" && instruments !== undefined) return { exitCode: BAD_USAGE, sentences: [`there is no instrument file ${instruments}`] };
  return { exitCode: FAILED, sentences: [`the simulator could not start: ${said}`] };
}
