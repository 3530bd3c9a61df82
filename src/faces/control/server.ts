/**
 * The running copier's control socket: how it stands, and the commands of a person. A Unix socket that only its owner may open, so it is
 * reachable from this machine and by this user alone, and never over the network. Whoever holds the journal's lock owns it: what a dead
 * process has left there is replaced.
 */
import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { type FastifyInstance, type FastifyReply, fastify } from "fastify";
import type { OperatorCommand } from "../../domain/halt/answer.ts";
import { type CommandDocument, narrowing, scopeOf } from "./command-document.ts";
import type { StatusDocument } from "./status-document.ts";

export interface ControlOptions {
  readonly path: string;
  readonly status: () => StatusDocument;
  /** What it answers is durable, and in force. */
  readonly command: (command: OperatorCommand) => CommandDocument;
}

export interface RunningControl {
  /** To be called while the journal's lock is held: the file goes with it. */
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 4_096;
const OWNER_ONLY = 0o600;

/** The sentence says why it does not listen. */
export async function openControl(options: ControlOptions): Promise<RunningControl | { readonly fault: string }> {
  const { path } = options;
  const app = fastify({ bodyLimit: BODY_BYTES_MAX, forceCloseConnections: true });
  app.get("/status", () => options.status());
  for (const command of ["halt", "resume"] as const) {
    app.post(`/${command}`, (request, reply) => {
      const body = narrowing.safeParse(request.body);
      if (!body.success) return reply.code(400).send({ result: "failed", why: body.error.issues.map(({ message }) => message).join("; ") });
      return answered(reply, options.command({ command, over: scopeOf(body.data) }));
    });
  }
  const fault = removeStale(path) ?? (await listen(app, path));
  if (fault === undefined) return { close: () => app.close() };
  await app.close();
  return { fault };
}

function answered(reply: FastifyReply, document: CommandDocument): FastifyReply {
  return reply.code(document.result === "done" ? 200 : document.result === "unknown-name" ? 404 : 503).send(document);
}

/** Answers why the place is taken. */
function removeStale(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isSocket()) return `${path} is in the way of the control socket, and is none: move it away`;
  unlinkSync(path);
  return undefined;
}

async function listen(app: FastifyInstance, path: string): Promise<string | undefined> {
  // The mode from the first moment on, and not only after the chmod.
  const before = process.umask(0o777 & ~OWNER_ONLY);
  try {
    await app.listen({ path });
    chmodSync(path, OWNER_ONLY);
    return undefined;
  } catch (error) {
    return `cannot open the control socket ${path}: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    process.umask(before);
  }
}
