import type { AttackClass } from './attack.ts'

/**
 * What a refused call gives through its own error channel. `status` makes Express, Koa, Fastify and others answer 403.
 */
export class RefusedError extends Error {
  readonly code = 'SEVENFOLD_REFUSED'
  readonly status = 403
  readonly statusCode = 403
  readonly attack: AttackClass

  constructor(attack: AttackClass) {
    // No detail: the text may reach the attacker.
    super('refused by the runtime layer')
    this.name = 'RefusedError'
    this.attack = attack
  }
}
