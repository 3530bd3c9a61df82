/** What `lockstep explain --json` answers (docs/explain.md). Prices are rupees, times carry their offset. */
import { z } from "zod";

const terms = z.object({
  type: z.string(),
  validity: z.string(),
  quantity: z.number(),
  price: z.number(),
  triggerPrice: z.number(),
  disclosed: z.number(),
});

const report = z.object({
  at: z.string(),
  source: z.enum(["frame", "row"]),
  status: z.string(),
  filled: z.number(),
  averagePrice: z.number(),
  terms,
  reason: z.string(),
});

const outcome = z.object({
  outcome: z.enum(["accepted", "refused", "not-sent", "unknown"]),
  orderId: z.string().optional(),
  code: z.string().optional(),
  said: z.string().optional(),
});

const fills = z.array(
  z.object({ at: z.string(), quantity: z.number(), price: z.number(), source: z.enum(["frame", "row", "trade"]), tradeId: z.string().optional() }),
);

const filledSide = z.object({ filled: z.number(), averagePrice: z.number(), first: z.string(), last: z.string() });

const comparison = z.object({
  leader: filledSide,
  follower: filledSide,
  firstLagMs: z.number(),
  lastLagMs: z.number(),
  slippage: z.object({ perUnit: z.number(), percent: z.number(), rupees: z.number() }),
});

export const explainedOrder = z.object({
  order: z.string(),
  leader: z.string(),
  seen: z.array(
    z.discriminatedUnion("what", [
      z.object({ what: z.literal("report"), ...report.shape }),
      z.object({ what: z.literal("refused"), at: z.string(), code: z.string(), sentence: z.string() }),
    ]),
  ),
  fills,
  copies: z.array(
    z.object({
      copy: z.string(),
      follower: z.string(),
      verdicts: z.array(
        z.object({
          at: z.string(),
          code: z.string(),
          severity: z.string(),
          sentence: z.string(),
          numbers: z.record(z.string(), z.union([z.number(), z.string()])),
        }),
      ),
      requests: z.array(
        z.object({
          at: z.string(),
          request: z.enum(["placement", "modification", "cancel"]),
          attempt: z.number(),
          orderId: z.string().optional(),
          correlationId: z.string().optional(),
          terms: terms.optional(),
          result: outcome.optional(),
          answeredAt: z.string().optional(),
          stages: z.record(z.string(), z.number()).optional(),
        }),
      ),
      looks: z.array(z.object({ at: z.string(), attempt: z.number(), answer: z.enum(["found", "absent", "failed"]) })),
      followerOrders: z.array(
        z.object({
          orderId: z.string().optional(),
          correlationId: z.string(),
          adopted: z.boolean(),
          state: z.string(),
          filled: z.number(),
          averagePrice: z.number(),
          terms,
          fills,
          reports: z.array(report),
        }),
      ),
      comparison: comparison.optional(),
    }),
  ),
});
export type ExplainedOrder = z.infer<typeof explainedOrder>;
