/** `lockstep alerts test`: one test alert through every channel, once, beside a running copier or without one. */
import { openPoster } from "../adapters/alerts/post.ts";
import { systemClock } from "../adapters/system/clock.ts";
import { systemTimers } from "../adapters/system/timers.ts";
import type { Notice } from "../faces/alerts/alert.ts";
import { TEST } from "../faces/alerts/rules.ts";
import type { ConfigOption } from "../faces/cli/config-option.ts";
import { DONE, type ExitCode, FAILED } from "../faces/cli/exit-code.ts";
import { openChannel } from "./alerting.ts";
import { complain } from "./complaint.ts";
import { readSettingsFile } from "./preparation.ts";
import type { Environment } from "./tokens.ts";

export async function testAlerts({ config }: ConfigOption, env: Environment): Promise<ExitCode> {
  const settings = readSettingsFile(config);
  if ("exitCode" in settings) return complain(settings);
  if (settings.alerts.length === 0) return complain({ exitCode: FAILED, sentences: [`${config} names no channel under alerts: they go to the log alone`] });
  const poster = openPoster({ timers: systemTimers });
  const at = systemClock.now();
  const alert = {
    severity: "warning",
    code: TEST,
    message: "a test of the channel by lockstep alerts test; nothing has happened",
    since: at,
    lastAt: at,
    count: 1,
  } as const;
  const notice: Notice = { state: "test", at, alert };
  const taken = await Promise.all(
    settings.alerts.map(async (each) => {
      const channel = openChannel(each, { env, poster, clock: systemClock });
      const begun = systemClock.elapsed();
      const sent = await channel.send(channel.pack([notice], 0).payload);
      const tookMs = Math.round(systemClock.elapsed() - begun);
      process.stdout.write(`${channel.name}: ${sent.taken ? `taken (HTTP ${sent.status}, ${tookMs} ms)` : `not taken (${sent.said}, ${tookMs} ms)`}\n`);
      return sent.taken;
    }),
  );
  await poster.close();
  return taken.every(Boolean) ? DONE : FAILED;
}
