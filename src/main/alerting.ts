/** Alerts put together: the table's watcher, the channels of the configuration, and the log, which every notice reaches. */
import { openPoster, type Poster } from "../adapters/alerts/post.ts";
import { TELEGRAM_PACE_MS, telegramSender } from "../adapters/alerts/telegram.ts";
import { webhookSender } from "../adapters/alerts/webhook.ts";
import type { TokenSource } from "../adapters/dhan/token.ts";
import { tokenSource } from "../adapters/dhan/token.ts";
import { Secret } from "../adapters/system/secret.ts";
import type { Clock, Timers } from "../domain/time.ts";
import type { AlertView, Notice } from "../faces/alerts/alert.ts";
import { Alerts } from "../faces/alerts/alerts.ts";
import { type Channel, Delivery } from "../faces/alerts/delivery.ts";
import { telegramText, webhookBody } from "../faces/alerts/message.ts";
import { alertWatcher, type Watcher } from "../faces/alerts/watcher.ts";
import type { LogLine } from "../faces/log/line.ts";
import type { Names } from "../faces/log/record-line.ts";
import { redacted } from "../faces/log/redacted.ts";
import type { AlertChannel, Settings, TokenReference } from "../settings/settings.ts";
import type { Environment } from "./tokens.ts";

export interface AlertingOptions {
  readonly channels: readonly AlertChannel[];
  readonly env: Environment;
  readonly names: Names;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Into the log, and nowhere else: what is told of alerts raises none. */
  readonly log: (line: Omit<LogLine, "at">) => void;
}

export interface Alerting {
  readonly watcher: Watcher;
  /** What is not over. */
  open(): readonly AlertView[];
  /** Nothing is raised any more; what waits may still be delivered for this long. */
  close(options: { readonly graceMs: number }): Promise<void>;
}

export function openAlerting({ channels, env, names, clock, timers, log }: AlertingOptions): Alerting {
  const poster = openPoster({ timers });
  const deliveries = channels.map(
    (channel) =>
      new Delivery({
        channel: openChannel(channel, { env, poster, clock }),
        clock,
        timers,
        failed: (name, said) =>
          log({ level: "warning", code: "ALERTS_UNDELIVERED", message: `${name} takes no alerts (${said}); they are kept and tried again` }),
        works: (name, lost) =>
          log({ level: "info", code: "ALERTS_DELIVERED", message: `${name} takes alerts again${lost === 0 ? "" : `; ${lost} were let go of meanwhile`}` }),
      }),
  );
  const told = (notice: Notice): void => {
    const shown = withoutSecrets(notice);
    log(noticeLine(shown));
    for (const delivery of deliveries) delivery.add(shown);
  };
  const alerts = new Alerts({ clock, timers, told });
  return {
    watcher: alertWatcher({ alerts, names }),
    open: () => alerts.open(),
    close: async ({ graceMs }) => {
      alerts.stop();
      await Promise.all(deliveries.map((delivery) => delivery.end(graceMs)));
      await poster.close();
    },
  };
}

interface Line {
  readonly env: Environment;
  readonly poster: Poster;
  readonly clock: Clock;
}

/** A webhook is shown by its host alone: the rest of its address may be a secret. */
export function openChannel(channel: AlertChannel, { env, poster, clock }: Line): Channel {
  const secret = secretOf(channel, env);
  if (channel.channel === "webhook") {
    const { url } = channel;
    return { name: `webhook ${new URL(url).host}`, paceMs: 0, pack: webhookBody, send: webhookSender({ url, secret, poster, clock }) };
  }
  const { api, chatId } = channel;
  return { name: `telegram ${chatId}`, paceMs: TELEGRAM_PACE_MS, pack: telegramText, send: telegramSender({ api, chatId, botToken: secret, poster }) };
}

/** A sentence for each channel that has no secret now, naming the variable or the file. */
export function missingAlertSecrets({ alerts }: Pick<Settings, "alerts">, env: Environment): readonly string[] {
  return alerts.flatMap((channel, at) => {
    const secret = secretOf(channel, env)();
    return secret instanceof Secret ? [] : [`alerts[${at}]: ${secret.noToken}`];
  });
}

function secretOf(channel: AlertChannel, env: Environment): TokenSource {
  const source = (reference: TokenReference, what: string): TokenSource =>
    tokenSource(reference.from === "env" ? { env: reference.name } : { file: reference.path }, env, what);
  return channel.channel === "webhook" ? source(channel.secret, "webhook's secret") : source(channel.botToken, "bot token");
}

function withoutSecrets(notice: Notice): Notice {
  return { ...notice, alert: { ...notice.alert, message: redacted(notice.alert.message) } };
}

const CODES = { raised: "ALERT_RAISED", repeated: "ALERT_REPEATED", over: "ALERT_OVER", test: "ALERT_RAISED" } as const;

/** At level `info`: what it tells of is in the log already, as loud as it is. */
function noticeLine({ state, alert }: Notice): Omit<LogLine, "at"> {
  const { code, severity, message, count, account, copy, order } = alert;
  const names = { ...(account === undefined ? {} : { account }), ...(copy === undefined ? {} : { copy }), ...(order === undefined ? {} : { order }) };
  return { level: "info", code: CODES[state], ...names, message: `${code}: ${message}`, details: { alertCode: code, severity, count } };
}
