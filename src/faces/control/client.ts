/** Asks the running copier over its control socket, and never waits for it for ever. */
import { Client } from "undici";
import type { z } from "zod";
import { type CommandDocument, commandDocument, type Narrowing } from "./command-document.ts";
import { type StatusDocument, statusDocument } from "./status-document.ts";

/** `absent`: nothing listens there. `fault`: something does, and what it thinks is not known. */
export type Asked<T> = { readonly asked: "answered"; readonly answer: T } | { readonly asked: "absent" } | { readonly asked: "fault"; readonly why: string };

/** A copier answers within milliseconds, and within a second on the worst day. */
const ANSWER_WITHIN_MS = 5_000;

export function askStatus(socketPath: string): Promise<Asked<StatusDocument>> {
  return ask(socketPath, { method: "GET", path: "/status" }, statusDocument);
}

export function giveCommand(socketPath: string, command: "halt" | "resume", body: Narrowing): Promise<Asked<CommandDocument>> {
  return ask(socketPath, { method: "POST", path: `/${command}`, body: JSON.stringify(body), headers: { "content-type": "application/json" } }, commandDocument);
}

type Question = Pick<Parameters<Client["request"]>[0], "method" | "path" | "body" | "headers">;

async function ask<T>(socketPath: string, question: Question, schema: z.ZodType<T>): Promise<Asked<T>> {
  const client = new Client("http://lockstep", { socketPath, pipelining: 1 });
  try {
    const { body } = await client.request({ ...question, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const read = schema.safeParse(JSON.parse(await body.text()));
    if (read.success) return { asked: "answered", answer: read.data };
    return { asked: "fault", why: "the copier that runs is of another version than this command: its answer is not understood" };
  } catch (error) {
    return faultOf(error);
  } finally {
    await client.destroy();
  }
}

function faultOf(error: unknown): Asked<never> {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ECONNREFUSED") return { asked: "absent" };
  if (code === "EACCES" || code === "EPERM") return { asked: "fault", why: "this user may not: the copier runs under another, and answers nobody else" };
  if (error instanceof DOMException && error.name === "TimeoutError")
    return { asked: "fault", why: `the copier has not answered within ${ANSWER_WITHIN_MS / 1_000} s; what became of the question is not known` };
  return { asked: "fault", why: error instanceof Error ? error.message : String(error) };
}
