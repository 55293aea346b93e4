/** A condition over named selections. */
export type Condition =
  | { readonly kind: 'selection'; readonly name: string }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  /** `1 of name*`, `all of them`: `count` of the selections whose name fits. */
  | { readonly kind: 'quantified'; readonly quantifier: 'any' | 'all'; readonly pattern: string }
