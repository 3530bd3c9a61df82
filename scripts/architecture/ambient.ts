/**
 * The core is handed its time and its timers and draws no chance: nothing in `src/domain` and `src/engine` asks the machine for anything. One
 * forgotten clock there, and the simulation of a whole day from one seed would no longer be repeatable, nor would the replay of a journal.
 */
import type { Finding } from "./finding.ts";
import { isTest, type SourceFile } from "./source-file.ts";
import { isNode, type Place, type SyntaxNode, walk } from "./syntax-tree.ts";

const FORBIDDEN_NAMES: ReadonlySet<string> = new Set([
  ...["performance", "setTimeout", "setInterval", "setImmediate", "queueMicrotask", "clearTimeout", "clearInterval", "clearImmediate"],
  ...["process", "globalThis", "global", "crypto", "fetch", "WebSocket", "EventSource", "console"],
  // These schedule, or tell of the machine and of its memory.
  ...["MessageChannel", "BroadcastChannel", "Worker", "Atomics", "navigator", "Temporal", "WeakRef", "FinalizationRegistry"],
]);

/** Objects of which only some members are forbidden. */
const FORBIDDEN_MEMBERS: Readonly<Record<string, readonly string[]>> = { Date: ["now"], Math: ["random"], AbortSignal: ["timeout"] };

/** Methods whose answer depends on the zone or the language of the machine, whatever they are called on. */
const LOCAL_METHOD = /^(?:[gs]et(?:FullYear|Month|Date|Day|Hours|Minutes|Seconds|Milliseconds|TimezoneOffset)|toLocale\w*String|to(?:Date|Time)String)$/;

/** Places of an identifier that name something without reading a variable: a field, a key, a type. */
const NAMING_FIELDS: ReadonlySet<string> = new Set(["property", "key"]);
const TYPE_PLACES: ReadonlySet<string> = new Set([
  "TSTypeReference",
  "TSQualifiedName",
  "TSTypeQuery",
  "TSInterfaceHeritage",
  "TSClassImplements",
  "TSImportType",
]);

export function ambientUses(files: readonly SourceFile[]): readonly Finding[] {
  return files.filter((file) => /^src\/(?:domain|engine)\//.test(file.path) && !isTest(file.path)).flatMap(usesIn);
}

function usesIn(file: SourceFile): readonly Finding[] {
  const declared = declaredNames(file.tree);
  const found: Finding[] = [];
  walk(file.tree, (node, place) => {
    const used = place === undefined ? undefined : ambientUse(node, place, declared);
    if (used !== undefined)
      found.push({ path: file.path, line: file.lineAt(node.start), sentence: `uses ${used}: the core is handed its time, timers and chance` });
  });
  return found;
}

function ambientUse(node: SyntaxNode, place: Place, declared: ReadonlySet<string>): string | undefined {
  if (node.type !== "Identifier") return undefined;
  const name = String(node["name"]);
  if (place.parent.type === "MemberExpression" && place.field === "property" && LOCAL_METHOD.test(name)) return name;
  if (declared.has(name) || TYPE_PLACES.has(place.parent.type)) return undefined;
  if (NAMING_FIELDS.has(place.field) && place.parent["computed"] !== true) return undefined;
  if (FORBIDDEN_NAMES.has(name)) return name;
  const members = FORBIDDEN_MEMBERS[name];
  return members === undefined ? undefined : memberUse(name, members, place.parent);
}

/** `Date.parse(…)`, `x instanceof Date` and `new Date(at)` ask nobody; `Date()`, `new Date()`, `const { random } = Math` may. */
function memberUse(name: string, members: readonly string[], parent: SyntaxNode): string | undefined {
  if (parent.type === "MemberExpression" && parent["computed"] !== true && isNode(parent["property"])) {
    const member = String(parent["property"]["name"]);
    return members.includes(member) ? `${name}.${member}` : undefined;
  }
  if (parent.type === "BinaryExpression" && parent["operator"] === "instanceof") return undefined;
  if (name === "Date" && parent.type === "NewExpression") {
    const given: readonly unknown[] = Array.isArray(parent["arguments"]) ? parent["arguments"] : [];
    return given.length === 1 && isNode(given[0]) && given[0].type !== "SpreadElement" ? undefined : "new Date() of the machine's time or zone";
  }
  return `${name} as a whole`;
}

/** Every name that the file itself gives to something. A file may call its own function `process`. */
function declaredNames(tree: SyntaxNode): ReadonlySet<string> {
  const names = new Set<string>();
  walk(tree, (node, place) => {
    if (/^Import(?:Default|Namespace)?Specifier$/.test(node.type)) addNames(node["local"], names);
    if (/^(?:VariableDeclarator|FunctionDeclaration|FunctionExpression|ClassDeclaration)$/.test(node.type)) addNames(node["id"], names);
    if (node.type === "CatchClause") addNames(node["param"], names);
    if (place?.field === "params") addNames(node, names);
  });
  return names;
}

function addNames(pattern: unknown, names: Set<string>): void {
  if (!isNode(pattern)) return;
  switch (pattern.type) {
    case "Identifier":
      names.add(String(pattern["name"]));
      break;
    case "AssignmentPattern":
      addNames(pattern["left"], names);
      break;
    case "RestElement":
      addNames(pattern["argument"], names);
      break;
    case "ArrayPattern":
      if (Array.isArray(pattern["elements"])) for (const element of pattern["elements"]) addNames(element, names);
      break;
    case "ObjectPattern":
      if (Array.isArray(pattern["properties"]))
        for (const property of pattern["properties"]) if (isNode(property)) addNames(property["value"] ?? property, names);
      break;
  }
}
