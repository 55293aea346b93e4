/**
 * What every match must contain: for each clause, at least one of its literals, ignoring ASCII case.
 * Literals are in ASCII lower case.
 */
export type LiteralClauses = readonly (readonly string[])[]
