/** The control socket of a running copier, from both sides: what `lockstep run` opens, and what `status`, `halt` and `resume` ask. */

import type { ClientId } from "../domain/identity.ts";
import type { AlertView } from "../faces/alerts/alert.ts";
import { BAD_USAGE, DONE, type ExitCode, FAILED } from "../faces/cli/exit-code.ts";
import type { HaltOptions } from "../faces/cli/halt.ts";
import { haltText } from "../faces/cli/halt-text.ts";
import type { StatusOptions } from "../faces/cli/status.ts";
import { statusText } from "../faces/cli/status-text.ts";
import { type Asked, askStatus, giveCommand } from "../faces/control/client.ts";
import { commandJson } from "../faces/control/command-document.ts";
import { openControl, type RunningControl } from "../faces/control/server.ts";
import { controlSocketPath } from "../faces/control/socket-path.ts";
import { type StatusDocument, statusJson } from "../faces/control/status-document.ts";
import type { Settings } from "../settings/settings.ts";
import { namesOf } from "./cast.ts";
import { type Complaint, complain } from "./complaint.ts";
import type { Copier } from "./copier.ts";
import { readSettingsFile } from "./preparation.ts";
import { untilSignal } from "./signals.ts";

/** Opened while the copier holds the journal. */
export async function openControlOf(
  copier: Copier,
  settings: Settings,
  alerts: () => readonly AlertView[],
): Promise<RunningControl | { readonly fault: string }> {
  const at = controlSocketPath(settings.journal);
  if ("fault" in at) return at;
  const names = namesOf(settings);
  const nameOf = (client: ClientId): string => names.get(client) ?? client;
  return openControl({
    path: at.path,
    status: () => statusJson(copier.status(), alerts(), nameOf),
    command: (command) => commandJson(copier.engine.command(command), nameOf),
  });
}

interface Reached {
  readonly socket: string;
  readonly journal: string;
}

export async function command(word: "halt" | "resume", { config, copy, account }: HaltOptions): Promise<ExitCode> {
  const reached = reach(config);
  if ("exitCode" in reached) return complain(reached);
  const asked = await giveCommand(reached.socket, word, { ...(copy === undefined ? {} : { copy }), ...(account === undefined ? {} : { account }) });
  if (asked.asked !== "answered") return complain(unanswered(asked, reached, `; whether the ${word} holds, \`lockstep status\` tells`));
  const { answer } = asked;
  switch (answer.result) {
    case "done":
      process.stdout.write(haltText(word, answer));
      return DONE;
    case "unknown-name":
      return complain({ exitCode: BAD_USAGE, sentences: [`no ${answer.of} is called ${answer.name}; there are ${answer.known.join(", ")}`] });
    case "failed":
      return complain({ exitCode: FAILED, sentences: [answer.why] });
  }
}

const WATCH_EVERY_MS = 1_000;
/** Clears the screen and goes to its corner. */
const REDRAW = "\x1b[2J\x1b[H";

export async function status(options: StatusOptions, { isTerminal }: { readonly isTerminal: boolean }): Promise<ExitCode> {
  const reached = reach(options.config);
  if ("exitCode" in reached) return complain(reached);
  const first = await askStatus(reached.socket);
  if (first.asked !== "answered") return complain(unanswered(first, reached));
  if (!options.watch) {
    process.stdout.write(shown(first.answer, options));
    return first.answer.ready ? DONE : FAILED;
  }
  return watch(reached, options, isTerminal ? REDRAW : "");
}

/** Until a signal, or until nobody reads any more. A copier that ends meanwhile is said to have, and one that comes back is shown. */
async function watch(reached: Reached, options: StatusOptions, before: string): Promise<ExitCode> {
  const ended = new Promise<void>((resolve) => {
    void untilSignal().then(() => resolve());
    process.stdout.once("error", () => resolve());
  });
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isOver) {
    const asked = await askStatus(reached.socket);
    if (asked.asked === "answered") process.stdout.write(before + shown(asked.answer, options));
    else if (options.json) complain(unanswered(asked, reached));
    else process.stdout.write(`${before}${unanswered(asked, reached).sentences.join("\n")}\n`);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, WATCH_EVERY_MS))]);
  }
  return DONE;
}

function shown(document: StatusDocument, { json }: Pick<StatusOptions, "json">): string {
  return json ? `${JSON.stringify(document)}\n` : statusText(document);
}

function reach(config: string): Reached | Complaint {
  const settings = readSettingsFile(config);
  if ("exitCode" in settings) return settings;
  const at = controlSocketPath(settings.journal);
  return "fault" in at ? { exitCode: FAILED, sentences: [at.fault] } : { socket: at.path, journal: settings.journal };
}

function unanswered(asked: Exclude<Asked<unknown>, { asked: "answered" }>, { socket, journal }: Reached, further = ""): Complaint {
  const sentence = asked.asked === "absent" ? `no copier is running on journal ${journal}: nothing answers at ${socket}` : `${asked.why}${further}`;
  return { exitCode: FAILED, sentences: [sentence] };
}
