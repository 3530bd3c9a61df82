/** The JSON Schema of the file, for editors, and what can be read from it. `scripts/write-schema.ts` writes it to `schema/`. */
import { z } from "zod";
import { settingsFile } from "./file.ts";

/** The parts of JSON Schema that the file's schema uses. */
const jsonSchema = z.object({
  type: z.string().optional(),
  default: z.unknown().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  get properties() {
    return z.record(z.string(), jsonSchema).optional();
  },
  get items() {
    return jsonSchema.optional();
  },
  get oneOf() {
    return z.array(jsonSchema).optional();
  },
  get anyOf() {
    return z.array(jsonSchema).optional();
  },
});
type JsonSchema = z.output<typeof jsonSchema>;

/** One setting that holds a plain value or a list of plain values. */
export interface SchemaLeaf {
  /** `copies[].sizing.ratio`, `copies[].filter.kinds`. */
  readonly key: string;
  /** What it may hold when it can be listed: one value, when there is no other choice so far. Undefined: a number, a text, a list. */
  readonly choices: readonly unknown[] | undefined;
  /** Undefined: none, or different ones for the several shapes of what it is in. */
  readonly default: unknown;
}

/** Draft 7, because that is what the YAML support of editors understands. */
export function publishedSchema(): z.core.JSONSchema.BaseSchema {
  const schema = z.toJSONSchema(settingsFile, {
    target: "draft-7",
    io: "input",
    // What says nothing to a reader: an empty mapping as a default (the defaults stand at the leaves), and the largest number there is.
    override: ({ jsonSchema }) => {
      if (JSON.stringify(jsonSchema.default) === "{}") delete jsonSchema.default;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return {
    ...schema,
    title: "lockstep.yaml",
    description: "The configuration of Lockstep, a copy-trading engine for Dhan. Explained in docs/configuration.md.",
  };
}

/** Every leaf once, in the order of the file; what stands in several shapes (a sizing by ratio, one by lots) is one leaf. */
export function schemaLeaves(): readonly SchemaLeaf[] {
  const leaves = new Map<string, SchemaLeaf>();
  for (const { key, schema } of nodesOf(jsonSchema.parse(publishedSchema()))) {
    if (!isLeaf(schema)) continue;
    const known = leaves.get(key);
    const choices = choicesOf(schema);
    if (known === undefined) leaves.set(key, { key, choices, default: schema.default });
    else leaves.set(key, { ...known, choices: known.choices && choices && [...new Set([...known.choices, ...choices])] });
  }
  return [...leaves.values()];
}

/** The keys that may stand in the mapping at a key pattern such as `copies[].sizing`; empty for what is no mapping. */
export function knownKeys(pattern: string): readonly string[] {
  const shapes = [...nodesOf(jsonSchema.parse(publishedSchema()))].filter(({ key }) => key === pattern);
  return [...new Set(shapes.flatMap(({ schema }) => Object.keys(schema.properties ?? {})))];
}

function* nodesOf(schema: JsonSchema, key = ""): Generator<{ readonly key: string; readonly schema: JsonSchema }> {
  yield { key, schema };
  for (const shape of [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])]) yield* nodesOf(shape, key);
  for (const [name, inner] of Object.entries(schema.properties ?? {})) yield* nodesOf(inner, key === "" ? name : `${key}.${name}`);
  if (schema.items !== undefined && !isLeaf(schema)) yield* nodesOf(schema.items, `${key}[]`);
}

function isLeaf(schema: JsonSchema): boolean {
  if (schema.type === "array") return schema.items === undefined || isLeaf(schema.items);
  return schema.properties === undefined && schema.oneOf === undefined && schema.anyOf === undefined;
}

function choicesOf(schema: JsonSchema): readonly unknown[] | undefined {
  if (schema.const !== undefined) return [schema.const];
  if (schema.type === "boolean") return [true, false];
  return schema.enum;
}
