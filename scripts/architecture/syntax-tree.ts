/** Walking an ESTree: the few things that the checks need to know of a node, whatever its type. */

export interface SyntaxNode {
  readonly type: string;
  /** Offset in the text. */
  readonly start: number;
  readonly [field: string]: unknown;
}

/** Where a node hangs in its parent. */
export interface Place {
  readonly parent: SyntaxNode;
  readonly field: string;
}

export function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === "object" && value !== null && "type" in value && typeof value.type === "string" && "start" in value && typeof value.start === "number"
  );
}

/** Visits each node once, parents first; the root has no place. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode, place: Place | undefined) => void, place?: Place): void {
  visit(node, place);
  for (const [field, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) walk(child, visit, { parent: node, field });
    }
  }
}
