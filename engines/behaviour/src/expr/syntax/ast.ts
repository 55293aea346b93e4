/** What the parser gives: the shape of an expression, without types. Every node knows where it starts. */
export type Ast =
  | { readonly kind: 'literal'; readonly value: string | boolean | null; readonly offset: number }
  | { readonly kind: 'number'; readonly value: number; readonly whole: boolean; readonly offset: number }
  | { readonly kind: 'name'; readonly name: string; readonly offset: number }
  /** `#` (name empty), `#index`, `#acc`. */
  | { readonly kind: 'pointer'; readonly name: string; readonly offset: number }
  | {
      readonly kind: 'unary'
      readonly operator: '!' | '-' | '+'
      readonly operand: Ast
      readonly offset: number
    }
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Ast
      readonly right: Ast
      readonly offset: number
    }
  | {
      readonly kind: 'conditional'
      readonly test: Ast
      readonly yes: Ast
      readonly no: Ast
      readonly offset: number
    }
  | {
      readonly kind: 'member'
      readonly of: Ast
      readonly key: Ast
      readonly optional: boolean
      readonly offset: number
    }
  | {
      readonly kind: 'method'
      readonly of: Ast
      readonly name: string
      readonly args: readonly Ast[]
      readonly optional: boolean
      readonly offset: number
    }
  | {
      readonly kind: 'slice'
      readonly of: Ast
      readonly from: Ast | undefined
      readonly to: Ast | undefined
      readonly offset: number
    }
  /** The end of an optional chain: where a nil met by `?.` inside comes out. */
  | { readonly kind: 'chain'; readonly of: Ast; readonly offset: number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Ast[]; readonly offset: number }
  | { readonly kind: 'predicate'; readonly body: Ast; readonly offset: number }
  | {
      readonly kind: 'let'
      readonly name: string
      readonly value: Ast
      readonly body: Ast
      readonly offset: number
    }
  | { readonly kind: 'array'; readonly items: readonly Ast[]; readonly offset: number }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Ast, Ast])[]; readonly offset: number }
  /** `a; b`: both run, the second's value counts. */
  | { readonly kind: 'sequence'; readonly first: Ast; readonly second: Ast; readonly offset: number }

/** Binary operators; word forms and doubles are brought to one spelling (`and` is `&&`, `^` is `**`). */
export type BinaryOperator =
  | '||'
  | '&&'
  | '=='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | 'in'
  | 'matches'
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  | '..'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '**'
  | '??'
