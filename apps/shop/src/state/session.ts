/** A line of a cart. */
export interface CartLine {
  readonly product: number
  readonly quantity: number
}

/** Who is logged in. */
export interface Account {
  readonly id: number
  readonly name: string
  display: string
  role: string
}

/** One visitor; kept in memory until the shop stops or is reset. */
export interface Session {
  readonly id: string
  account?: Account
  cart: CartLine[]
  discountPercent: number
  preferences: Record<string, unknown>
}
