/** How every read of an account is asked: under the pace of them all, with a living token only, and not any more once the copier stops. */
import type { Read } from "../../engine/ports/broker.ts";
import type { Access } from "./access.ts";
import type { ReadPace } from "./read-pace.ts";

/** Does the asking when its turn has come. */
export type PacedRead = <T>(asking: () => Promise<Read<T>>) => Promise<Read<T>>;

/** With no living token the broker is not asked. */
const NO_ACCESS = { ok: false, refusal: { code: "TOKEN_DEAD", brokerSaid: "" }, detail: "there is no living access token" } as const;
const STOPPING = { ok: false, refusal: undefined, detail: "the copier is stopping" } as const;

export function pacedReads({ pace, access }: { readonly pace: ReadPace; readonly access: Pick<Access, "isUsable" | "suspect"> }): PacedRead {
  return (asking) =>
    pace.run(async () => {
      if (pace.isOver) return STOPPING;
      if (!access.isUsable) return NO_ACCESS;
      const answer = await asking();
      if (!answer.ok && answer.refusal?.code === "TOKEN_DEAD") access.suspect();
      return answer;
    });
}
