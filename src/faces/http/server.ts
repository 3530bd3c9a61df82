/** What programs may ask over HTTP: whether the process lives, whether it copies, and its figures. Reads only; nothing can be ordered here. */
import { fastify } from "fastify";
import { addressText } from "./address.ts";

export interface ReadinessReport {
  readonly ready: boolean;
  readonly reasons: readonly string[];
  readonly dead: readonly string[];
  readonly inDoubt: readonly object[];
}

export interface ServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly readiness: () => ReadinessReport;
  /** In Prometheus' text format. */
  readonly metrics: { readonly contentType: string; readonly text: () => Promise<string> };
}

export interface RunningServer {
  /** The port that was taken. */
  readonly port: number;
  close(): Promise<void>;
}

/** Nothing here reads a body. */
const BODY_BYTES_MAX = 1_024;

/** The sentence says why it does not listen. */
export async function startServer(options: ServerOptions): Promise<RunningServer | { readonly fault: string }> {
  const { host, port } = options;
  const app = fastify({ bodyLimit: BODY_BYTES_MAX, forceCloseConnections: true });
  app.get("/healthz", () => ({ status: "alive" }));
  app.get("/readyz", (_, reply) => {
    const { ready, reasons, dead, inDoubt } = options.readiness();
    return reply.code(ready ? 200 : 503).send({ ready, reasons, dead, inDoubt });
  });
  app.get("/metrics", async (_, reply) => reply.type(options.metrics.contentType).send(await options.metrics.text()));
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    return { fault: `cannot listen on ${addressText(host, port)}: ${listenFault(error)}` };
  }
  const address = app.server.address();
  return { port: typeof address === "object" && address !== null ? address.port : port, close: () => app.close() };
}

function listenFault(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  switch (code) {
    case "EADDRINUSE":
      return "another program has that port; set server.port, or end it";
    case "EACCES":
      return "this user may not; ports below 1024 are for the administrator";
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return "the machine has no such address";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
