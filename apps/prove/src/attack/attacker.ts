import type { Answer } from '../visitor/answer.ts'
import type { Visitor } from '../visitor/visitor.ts'

/** The attacker's own, ordinary account in the shop. */
export const attacker: { readonly user: string; readonly password: string } = {
  user: 'mallory',
  password: 'trail-mix',
}

/** The precondition of attacks that start from that account. */
export const attackerAccount = "an ordinary customer's account"

/** Logs the attacker in as any customer does. */
export function logIn(visitor: Visitor): Promise<Answer> {
  return visitor.form('/login', { user: attacker.user, password: attacker.password })
}
