/** A TypeScript file as the architecture check sees it: what it imports, and its syntax tree. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "oxc-parser";
import { isNode, type SyntaxNode, walk } from "./syntax-tree.ts";

export interface SourceFile {
  /** From the project's root, with `/`, e.g. `src/domain/money.ts`. */
  readonly path: string;
  readonly tree: SyntaxNode;
  readonly imports: readonly Import[];
  lineAt(offset: number): number;
}

export interface Import {
  /** As written, e.g. `../money.ts`, `node:fs`, `zod`; undefined when it is worked out at run time. */
  readonly specifier: string | undefined;
  /** `*` for everything, `default` for the default; empty for an import for its effect. */
  readonly names: readonly string[];
  readonly offset: number;
}

export function isTest(path: string): boolean {
  return path.endsWith(".test.ts");
}

/** Every TypeScript file below the given folders of the project; a folder that does not exist has none. */
export function readSources(root: string, folders: readonly string[]): readonly SourceFile[] {
  return folders
    .flatMap((folder) => typescriptBelow(root, folder))
    .sort()
    .map((path) => parseSource(path, readFileSync(join(root, path), "utf8")));
}

/** Throws for a file that does not parse: nothing may be concluded from half a tree. */
export function parseSource(path: string, text: string): SourceFile {
  const parsed = parseSync(path, text, { lang: "ts", sourceType: "module" });
  const [fault] = parsed.errors;
  if (fault !== undefined) throw new Error(`${path} does not parse: ${fault.message}`);
  const tree: unknown = parsed.program;
  if (!isNode(tree)) throw new Error(`${path} has no syntax tree`);
  return { path, tree, imports: importsOf(tree), lineAt: (offset) => text.slice(0, offset).split("\n").length };
}

function typescriptBelow(root: string, folder: string): readonly string[] {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true, encoding: "utf8" });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replaceAll("\\", "/").replace(/^\/+/, ""));
}

/** Static, re-exporting, dynamic and in-type imports alike: to the architecture an import of a type is an import. */
function importsOf(tree: SyntaxNode): readonly Import[] {
  const found: Import[] = [];
  walk(tree, (node) => {
    switch (node.type) {
      case "ImportDeclaration":
      case "ExportNamedDeclaration":
        if (isNode(node["source"])) found.push({ specifier: literal(node["source"]), names: specifierNames(node["specifiers"]), offset: node.start });
        break;
      case "ExportAllDeclaration":
      case "ImportExpression":
      case "TSImportType":
        found.push({ specifier: literal(node["source"]), names: ["*"], offset: node.start });
        break;
    }
  });
  return found;
}

function literal(node: unknown): string | undefined {
  return isNode(node) && node.type === "Literal" && typeof node["value"] === "string" ? node["value"] : undefined;
}

function specifierNames(specifiers: unknown): readonly string[] {
  if (!Array.isArray(specifiers)) return [];
  return specifiers.filter(isNode).map((specifier) => {
    if (specifier.type === "ImportDefaultSpecifier") return "default";
    const name = specifier.type === "ImportSpecifier" ? specifier["imported"] : specifier.type === "ExportSpecifier" ? specifier["local"] : undefined;
    if (!isNode(name)) return "*";
    return String(name["name"] ?? name["value"]);
  });
}
